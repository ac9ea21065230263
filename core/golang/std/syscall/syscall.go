// Package syscall has error numbers, signals and a few calls, as on Linux.
package syscall

import (
	"internal/native"
	"internal/oserror"
)

type Errno uintptr

type Signal int

const (
	EPERM = Errno(1)
	ENOENT = Errno(2)
	ESRCH = Errno(3)
	EINTR = Errno(4)
	EIO = Errno(5)
	ENXIO = Errno(6)
	E2BIG = Errno(7)
	ENOEXEC = Errno(8)
	EBADF = Errno(9)
	ECHILD = Errno(10)
	EAGAIN = Errno(11)
	ENOMEM = Errno(12)
	EACCES = Errno(13)
	EFAULT = Errno(14)
	ENOTBLK = Errno(15)
	EBUSY = Errno(16)
	EEXIST = Errno(17)
	EXDEV = Errno(18)
	ENODEV = Errno(19)
	ENOTDIR = Errno(20)
	EISDIR = Errno(21)
	EINVAL = Errno(22)
	ENFILE = Errno(23)
	EMFILE = Errno(24)
	ENOTTY = Errno(25)
	ETXTBSY = Errno(26)
	EFBIG = Errno(27)
	ENOSPC = Errno(28)
	ESPIPE = Errno(29)
	EROFS = Errno(30)
	EMLINK = Errno(31)
	EPIPE = Errno(32)
	EDOM = Errno(33)
	ERANGE = Errno(34)
	EDEADLOCK = Errno(35)
	ENAMETOOLONG = Errno(36)
	ENOLCK = Errno(37)
	ENOSYS = Errno(38)
	ENOTEMPTY = Errno(39)
	ELOOP = Errno(40)
	ENOMSG = Errno(42)
	EIDRM = Errno(43)
	ECHRNG = Errno(44)
	EL2NSYNC = Errno(45)
	EL3HLT = Errno(46)
	EL3RST = Errno(47)
	ELNRNG = Errno(48)
	EUNATCH = Errno(49)
	ENOCSI = Errno(50)
	EL2HLT = Errno(51)
	EBADE = Errno(52)
	EBADR = Errno(53)
	EXFULL = Errno(54)
	ENOANO = Errno(55)
	EBADRQC = Errno(56)
	EBADSLT = Errno(57)
	EBFONT = Errno(59)
	ENOSTR = Errno(60)
	ENODATA = Errno(61)
	ETIME = Errno(62)
	ENOSR = Errno(63)
	ENONET = Errno(64)
	ENOPKG = Errno(65)
	EREMOTE = Errno(66)
	ENOLINK = Errno(67)
	EADV = Errno(68)
	ESRMNT = Errno(69)
	ECOMM = Errno(70)
	EPROTO = Errno(71)
	EMULTIHOP = Errno(72)
	EDOTDOT = Errno(73)
	EBADMSG = Errno(74)
	EOVERFLOW = Errno(75)
	ENOTUNIQ = Errno(76)
	EBADFD = Errno(77)
	EREMCHG = Errno(78)
	ELIBACC = Errno(79)
	ELIBBAD = Errno(80)
	ELIBSCN = Errno(81)
	ELIBMAX = Errno(82)
	ELIBEXEC = Errno(83)
	EILSEQ = Errno(84)
	ERESTART = Errno(85)
	ESTRPIPE = Errno(86)
	EUSERS = Errno(87)
	ENOTSOCK = Errno(88)
	EDESTADDRREQ = Errno(89)
	EMSGSIZE = Errno(90)
	EPROTOTYPE = Errno(91)
	ENOPROTOOPT = Errno(92)
	EPROTONOSUPPORT = Errno(93)
	ESOCKTNOSUPPORT = Errno(94)
	ENOTSUP = Errno(95)
	EPFNOSUPPORT = Errno(96)
	EAFNOSUPPORT = Errno(97)
	EADDRINUSE = Errno(98)
	EADDRNOTAVAIL = Errno(99)
	ENETDOWN = Errno(100)
	ENETUNREACH = Errno(101)
	ENETRESET = Errno(102)
	ECONNABORTED = Errno(103)
	ECONNRESET = Errno(104)
	ENOBUFS = Errno(105)
	EISCONN = Errno(106)
	ENOTCONN = Errno(107)
	ESHUTDOWN = Errno(108)
	ETOOMANYREFS = Errno(109)
	ETIMEDOUT = Errno(110)
	ECONNREFUSED = Errno(111)
	EHOSTDOWN = Errno(112)
	EHOSTUNREACH = Errno(113)
	EALREADY = Errno(114)
	EINPROGRESS = Errno(115)
	ESTALE = Errno(116)
	EUCLEAN = Errno(117)
	ENOTNAM = Errno(118)
	ENAVAIL = Errno(119)
	EISNAM = Errno(120)
	EREMOTEIO = Errno(121)
	EDQUOT = Errno(122)
	ENOMEDIUM = Errno(123)
	EMEDIUMTYPE = Errno(124)
	ECANCELED = Errno(125)
	ENOKEY = Errno(126)
	EKEYEXPIRED = Errno(127)
	EKEYREVOKED = Errno(128)
	EKEYREJECTED = Errno(129)
	EOWNERDEAD = Errno(130)
	ENOTRECOVERABLE = Errno(131)
	ERFKILL = Errno(132)
	EWOULDBLOCK = Errno(11)
)

const errors = `
operation not permitted
no such file or directory
no such process
interrupted system call
input/output error
no such device or address
argument list too long
exec format error
bad file descriptor
no child processes
resource temporarily unavailable
cannot allocate memory
permission denied
bad address
block device required
device or resource busy
file exists
invalid cross-device link
no such device
not a directory
is a directory
invalid argument
too many open files in system
too many open files
inappropriate ioctl for device
text file busy
file too large
no space left on device
illegal seek
read-only file system
too many links
broken pipe
numerical argument out of domain
numerical result out of range
resource deadlock avoided
file name too long
no locks available
function not implemented
directory not empty
too many levels of symbolic links

no message of desired type
identifier removed
channel number out of range
level 2 not synchronized
level 3 halted
level 3 reset
link number out of range
protocol driver not attached
no CSI structure available
level 2 halted
invalid exchange
invalid request descriptor
exchange full
no anode
invalid request code
invalid slot

bad font file format
device not a stream
no data available
timer expired
out of streams resources
machine is not on the network
package not installed
object is remote
link has been severed
advertise error
srmount error
communication error on send
protocol error
multihop attempted
RFS specific error
bad message
value too large for defined data type
name not unique on network
file descriptor in bad state
remote address changed
can not access a needed shared library
accessing a corrupted shared library
.lib section in a.out corrupted
attempting to link in too many shared libraries
cannot exec a shared library directly
invalid or incomplete multibyte or wide character
interrupted system call should be restarted
streams pipe error
too many users
socket operation on non-socket
destination address required
message too long
protocol wrong type for socket
protocol not available
protocol not supported
socket type not supported
operation not supported
protocol family not supported
address family not supported by protocol
address already in use
cannot assign requested address
network is down
network is unreachable
network dropped connection on reset
software caused connection abort
connection reset by peer
no buffer space available
transport endpoint is already connected
transport endpoint is not connected
cannot send after transport endpoint shutdown
too many references: cannot splice
connection timed out
connection refused
host is down
no route to host
operation already in progress
operation now in progress
stale file handle
structure needs cleaning
not a XENIX named type file
no XENIX semaphores available
is a named type file
remote I/O error
disk quota exceeded
no medium found
wrong medium type
operation canceled
required key not available
key has expired
key has been revoked
key was rejected by service
owner died
state not recoverable
operation not possible due to RF-kill
`

const (
	SIGHUP = Signal(1)
	SIGINT = Signal(2)
	SIGQUIT = Signal(3)
	SIGILL = Signal(4)
	SIGTRAP = Signal(5)
	SIGABRT = Signal(6)
	SIGBUS = Signal(7)
	SIGFPE = Signal(8)
	SIGKILL = Signal(9)
	SIGUSR1 = Signal(10)
	SIGSEGV = Signal(11)
	SIGUSR2 = Signal(12)
	SIGPIPE = Signal(13)
	SIGALRM = Signal(14)
	SIGTERM = Signal(15)
	SIGSTKFLT = Signal(16)
	SIGCHLD = Signal(17)
	SIGCONT = Signal(18)
	SIGSTOP = Signal(19)
	SIGTSTP = Signal(20)
	SIGTTIN = Signal(21)
	SIGTTOU = Signal(22)
	SIGURG = Signal(23)
	SIGXCPU = Signal(24)
	SIGXFSZ = Signal(25)
	SIGVTALRM = Signal(26)
	SIGPROF = Signal(27)
	SIGWINCH = Signal(28)
	SIGIO = Signal(29)
	SIGPWR = Signal(30)
	SIGSYS = Signal(31)
	SIGPOLL = SIGIO
	SIGIOT = SIGABRT
)

const signals = `
hangup
interrupt
quit
illegal instruction
trace/breakpoint trap
aborted
bus error
floating point exception
killed
user defined signal 1
segmentation fault
user defined signal 2
broken pipe
alarm clock
terminated
stack fault
child exited
continued
stopped (signal)
stopped
stopped (tty input)
stopped (tty output)
urgent I/O condition
CPU time limit exceeded
file size limit exceeded
virtual timer expired
profiling timer expired
window changed
I/O possible
power failure
bad system call`

// line is the nth line of a text.
func line(s string, n int) string {
	for i, start := 0, 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '\n' {
			if n == 0 {
				return s[start:i]
			}
			n--
			start = i + 1
		}
	}
	return ""
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func (e Errno) Error() string {
	if s := line(errors, int(e)); s != "" {
		return s
	}
	return "errno " + itoa(int(e))
}

func (e Errno) Is(target error) bool {
	switch target {
	case oserror.ErrPermission:
		return e == EACCES || e == EPERM
	case oserror.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case oserror.ErrNotExist:
		return e == ENOENT
	}
	return false
}

func (e Errno) Temporary() bool {
	return e == EINTR || e == EMFILE || e == ENFILE || e.Timeout()
}
func (e Errno) Timeout() bool { return e == EAGAIN || e == ETIMEDOUT }

func (s Signal) Signal() {}
func (s Signal) String() string {
	if t := line(signals, int(s)); s >= 0 && t != "" {
		return t
	}
	return "signal " + itoa(int(s))
}

const (
	O_RDONLY   = 0
	O_WRONLY   = 1
	O_RDWR     = 2
	O_CREAT    = 0x40
	O_EXCL     = 0x80
	O_TRUNC    = 0x200
	O_APPEND   = 0x400
	O_NONBLOCK = 0x800
	O_SYNC     = 0x101000

	S_IFMT   = 0xf000
	S_IFDIR  = 0x4000
	S_IFREG  = 0x8000
	S_IFLNK  = 0xa000
	S_IFIFO  = 0x1000
	S_IFSOCK = 0xc000
	S_IFCHR  = 0x2000
	S_IFBLK  = 0x6000
)

var (
	Stdin  = 0
	Stdout = 1
	Stderr = 2
)

type SysProcAttr struct {
	Chroot    string
	Setsid    bool
	Setpgid   bool
	Pgid      int
	Pdeathsig Signal
}

type WaitStatus uint32

func (w WaitStatus) Exited() bool    { return w&0x7f == 0 }
func (w WaitStatus) Signaled() bool  { return w&0x7f != 0x7f && w&0x7f != 0 }
func (w WaitStatus) Stopped() bool   { return w&0xff == 0x7f }
func (w WaitStatus) Continued() bool { return w == 0xffff }
func (w WaitStatus) CoreDump() bool  { return w.Signaled() && w&0x80 != 0 }
func (w WaitStatus) ExitStatus() int {
	if !w.Exited() {
		return -1
	}
	return int(w>>8) & 0xff
}
func (w WaitStatus) Signal() Signal {
	if !w.Signaled() {
		return -1
	}
	return Signal(w & 0x7f)
}

type Timespec struct {
	Sec  int64
	Nsec int64
}

type Rusage struct{ Maxrss int64 }

type Stat_t struct {
	Dev   uint64
	Ino   uint64
	Nlink uint64
	Mode  uint32
	Uid   uint32
	Gid   uint32
	Size  int64
	Mtim  Timespec
}

func err(n int) error {
	if n == 0 {
		return nil
	}
	return Errno(n)
}

func Kill(pid int, sig Signal) error { return err(native.Kill(pid, int(sig))) }
func Exit(code int)                  { native.Exit(code) }
func Getpid() int                    { return native.Getpid() }
func Getppid() int                   { return native.Getppid() }
func Getuid() int                    { return native.Getuid() }
func Getgid() int                    { return native.Getgid() }
func Getpagesize() int               { return 4096 }
func Close(fd int) error             { return err(native.Close(fd)) }
func Read(fd int, p []byte) (int, error) {
	n, e := native.Read(fd, p)
	return n, err(e)
}
func Write(fd int, p []byte) (int, error) {
	n, e := native.Write(fd, p)
	return n, err(e)
}
func Open(path string, mode int, perm uint32) (int, error) {
	fd, e := native.Open(path, mode, perm)
	return fd, err(e)
}
