// The errors of the machine itself: it makes values of these types, whose texts are complete (a struct
// with the text and a string stand in memory alike).
package runtime

type Error interface {
	error
	RuntimeError()
}

type errorString string

func (e errorString) Error() string { return string(e) }
func (errorString) RuntimeError()   {}

type boundsError struct{ text string }

func (e boundsError) Error() string { return e.text }
func (boundsError) RuntimeError()   {}

type plainError string

func (e plainError) Error() string { return string(e) }
func (plainError) RuntimeError()   {}

type TypeAssertionError struct{ text string }

func (e *TypeAssertionError) Error() string { return e.text }
func (*TypeAssertionError) RuntimeError()   {}

type PanicNilError struct{ text string }

func (e *PanicNilError) Error() string { return e.text }
func (*PanicNilError) RuntimeError()   {}
