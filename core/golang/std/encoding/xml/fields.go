// How structs are XML.
package xml

import (
	"fmt"
	"reflect"
	"strings"
)

type field struct {
	name, space string
	index       []int
	kind        string // element attr chardata cdata innerxml comment any
	any         bool
	omitempty   bool
	parents     []string
}

type structInfo struct {
	name   *field
	fields []field
}

var infos = map[reflect.Type]*structInfo{}

type TagPathError struct {
	Struct       reflect.Type
	Field1, Tag1 string
	Field2, Tag2 string
}

func (e *TagPathError) Error() string {
	return fmt.Sprintf("%s field %q with tag %q conflicts with field %q with tag %q", e.Struct, e.Field1, e.Tag1, e.Field2, e.Tag2)
}

var nameType = reflect.TypeFor[Name]()

func infoOf(t reflect.Type) (*structInfo, error) {
	if i := infos[t]; i != nil {
		return i, nil
	}
	info := &structInfo{}
	if t.Kind() == reflect.Struct && t != nameType {
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("xml")
			if !f.IsExported() && !f.Anonymous || tag == "-" {
				continue
			}
			if f.Anonymous {
				e := f.Type
				if e.Kind() == reflect.Pointer {
					e = e.Elem()
				}
				if e.Kind() == reflect.Struct {
					inner, err := infoOf(e)
					if err != nil {
						return nil, err
					}
					if info.name == nil {
						info.name = inner.name
					}
					for _, g := range inner.fields {
						g.index = append([]int{i}, g.index...)
						info.fields = append(info.fields, g)
					}
					continue
				}
			}
			g, err := fieldOf(t, f)
			if err != nil {
				return nil, err
			}
			if f.Name == "XMLName" {
				info.name = g
				continue
			}
			info.fields = append(info.fields, *g)
		}
	}
	infos[t] = info
	return info, nil
}

func fieldOf(t reflect.Type, f reflect.StructField) (*field, error) {
	g := &field{index: f.Index, kind: "element"}
	tag := f.Tag.Get("xml")
	if s, rest, ok := strings.Cut(tag, " "); ok {
		g.space, tag = s, rest
	}
	parts := strings.Split(tag, ",")
	tag = parts[0]
	if len(parts) > 1 {
		kinds := 0
		for _, p := range parts[1:] {
			switch p {
			case "attr", "cdata", "chardata", "innerxml", "comment":
				g.kind = p
				kinds++
			case "any":
				g.any = true
			case "omitempty":
				g.omitempty = true
			}
		}
		bad := kinds > 1 || g.any && kinds > 0 && g.kind != "attr"
		if kinds > 0 && g.kind != "attr" && (f.Name == "XMLName" || tag != "" && g.kind != "attr") {
			bad = true
		}
		if bad {
			return nil, fmt.Errorf("xml: invalid tag in field %s of type %s: %q", f.Name, t, f.Tag.Get("xml"))
		}
	}
	if f.Name == "XMLName" {
		g.name = tag
		return g, nil
	}
	if g.kind != "element" && g.kind != "attr" {
		return g, nil
	}
	if tag == "" {
		g.name = f.Name
		e := f.Type
		for e.Kind() == reflect.Pointer || e.Kind() == reflect.Slice && e.Elem().Kind() != reflect.Uint8 {
			e = e.Elem()
		}
		if n := xmlName(e); n != nil && n.name != "" && g.kind == "element" {
			g.name, g.space = n.name, n.space
		}
		return g, nil
	}
	path := strings.Split(tag, ">")
	if path[0] == "" {
		path[0] = f.Name
	}
	if path[len(path)-1] == "" {
		return nil, fmt.Errorf("xml: trailing '>' in field %s of type %s", f.Name, t)
	}
	g.name = path[len(path)-1]
	g.parents = path[:len(path)-1]
	if len(g.parents) > 0 && g.kind != "element" {
		return nil, fmt.Errorf("xml: %s chain not valid with %s flag", tag, g.kind)
	}
	return g, nil
}

func xmlName(t reflect.Type) *field {
	if t.Kind() != reflect.Struct {
		return nil
	}
	f, ok := t.FieldByName("XMLName")
	if !ok || f.Type != nameType {
		return nil
	}
	g, _ := fieldOf(t, f)
	return g
}

// at gives a field; it makes embedded structs behind nil pointers, or gives an invalid value.
func at(v reflect.Value, index []int, create bool) reflect.Value {
	for i, n := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !create {
					return reflect.Value{}
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}
