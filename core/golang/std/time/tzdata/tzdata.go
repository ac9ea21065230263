// Package tzdata holds no zones here.
package tzdata
