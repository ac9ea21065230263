// The errors of the machine itself: it makes values of these types, whose texts are complete.
package runtime

type Error interface {
	error
	RuntimeError()
}

type errorString string

func (e errorString) Error() string { return string(e) }
func (errorString) RuntimeError()   {}

type boundsError string

func (e boundsError) Error() string { return string(e) }
func (boundsError) RuntimeError()   {}

type plainError string

func (e plainError) Error() string { return string(e) }
func (plainError) RuntimeError()   {}

type TypeAssertionError string

func (e TypeAssertionError) Error() string { return string(e) }
func (TypeAssertionError) RuntimeError()   {}

type PanicNilError string

func (e PanicNilError) Error() string { return string(e) }
func (PanicNilError) RuntimeError()   {}
