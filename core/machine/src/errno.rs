//! Error numbers of system calls, with the C library's words.

use std::fmt;

macro_rules! errnos {
    ($($name:ident $number:literal $message:literal;)*) => {
        /// Why a system call failed. `Display` gives the C library's words, as `strerror` does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, clippy::upper_case_acronyms, reason = "the names are POSIX's own")]
        pub enum Errno { $($name,)* }

        impl Errno {
            /// The C library's words.
            pub fn message(self) -> &'static str {
                match self { $(Errno::$name => $message,)* }
            }

            /// Linux's number on x86_64.
            pub fn number(self) -> i32 {
                match self { $(Errno::$name => $number,)* }
            }

            /// The POSIX name, such as `ENOENT`.
            pub fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name),)* }
            }
        }
    };
}

errnos! {
    EPERM 1 "Operation not permitted";
    ENOENT 2 "No such file or directory";
    ESRCH 3 "No such process";
    EINTR 4 "Interrupted system call";
    EIO 5 "Input/output error";
    E2BIG 7 "Argument list too long";
    ENOEXEC 8 "Exec format error";
    EBADF 9 "Bad file descriptor";
    ECHILD 10 "No child processes";
    EAGAIN 11 "Resource temporarily unavailable";
    ENOMEM 12 "Cannot allocate memory";
    EACCES 13 "Permission denied";
    EBUSY 16 "Device or resource busy";
    EEXIST 17 "File exists";
    EXDEV 18 "Invalid cross-device link";
    ENOTDIR 20 "Not a directory";
    EISDIR 21 "Is a directory";
    EINVAL 22 "Invalid argument";
    EMFILE 24 "Too many open files";
    ENOTTY 25 "Inappropriate ioctl for device";
    ETXTBSY 26 "Text file busy";
    EFBIG 27 "File too large";
    ENOSPC 28 "No space left on device";
    ESPIPE 29 "Illegal seek";
    EROFS 30 "Read-only file system";
    EPIPE 32 "Broken pipe";
    ENAMETOOLONG 36 "File name too long";
    ENOTEMPTY 39 "Directory not empty";
    ELOOP 40 "Too many levels of symbolic links";
    EMSGSIZE 90 "Message too long";
    EADDRINUSE 98 "Address already in use";
    EADDRNOTAVAIL 99 "Cannot assign requested address";
    ENETUNREACH 101 "Network is unreachable";
    ECONNRESET 104 "Connection reset by peer";
    ETIMEDOUT 110 "Connection timed out";
    ECONNREFUSED 111 "Connection refused";
    EHOSTUNREACH 113 "No route to host";
}

impl fmt::Display for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl std::error::Error for Errno {}
