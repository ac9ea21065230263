//! The sources of the standard packages, which are compiled when a program uses them.

use golang_check::SourceText;
use std::rc::Rc;

include!(concat!(env!("OUT_DIR"), "/std_table.rs"));

/// The files of a standard package, named as in a real installation.
pub fn sources(path: &str) -> Option<Vec<SourceText>> {
    let first = FILES.partition_point(|(package, ..)| *package < path);
    let files: Vec<SourceText> = FILES
        .iter()
        .skip(first)
        .take_while(|(package, ..)| *package == path)
        .map(|(package, name, text)| SourceText {
            name: format!("/usr/local/go/src/{package}/{name}"),
            text: Rc::from(text.as_bytes()),
        })
        .collect();
    (!files.is_empty()).then_some(files)
}

/// Whether a standard package is part of this playground.
pub fn has(path: &str) -> bool {
    FILES
        .binary_search_by(|(package, ..)| (*package).cmp(path))
        .is_ok()
}

/// Standard packages of Go 1.26 that programs may import elsewhere but not here.
const NOT_HERE: &str = "archive/tar archive/zip compress/bzip2 compress/lzw crypto crypto/aes crypto/cipher crypto/des crypto/dsa crypto/ecdh crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/fips140 crypto/hkdf crypto/mlkem crypto/pbkdf2 crypto/rc4 crypto/rsa crypto/sha3 crypto/tls crypto/x509 crypto/x509/pkix database/sql database/sql/driver debug/buildinfo debug/dwarf debug/elf debug/gosym debug/macho debug/pe debug/plan9obj encoding/ascii85 encoding/asn1 encoding/gob encoding/pem expvar go/ast go/build go/build/constraint go/constant go/doc go/doc/comment go/format go/importer go/parser go/printer go/scanner go/token go/types go/version image image/color image/color/palette image/draw image/gif image/jpeg image/png index/suffixarray log/syslog mime/quotedprintable net/http/cgi net/http/fcgi net/http/httptrace net/http/httputil net/mail net/rpc net/rpc/jsonrpc net/smtp plugin runtime/cgo runtime/coverage runtime/metrics runtime/pprof runtime/race runtime/trace structs testing testing/fstest testing/iotest testing/quick testing/slogtest testing/synctest text/scanner text/template/parse weak";

/// Whether a path is a standard package that is not part of this playground.
pub fn is_part_of_go(path: &str) -> bool {
    !has(path) && NOT_HERE.split(' ').any(|known| known == path)
}
