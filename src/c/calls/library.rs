//! Functions and macros of the C library that ask no kernel.

use super::super::builtins::{Builtin, Control, Format, Input, Network, Random, Sets, Text};
use super::{CallHelp, Does, Parameter, row};

const fn here(builtin: Builtin) -> Does {
    Does::Here(builtin)
}

#[rustfmt::skip]
pub(super) const CALLS: &[CallHelp] = &[
    row!("uint16_t" "htons" ("uint16_t" "hostshort")
        "two bytes from this machine's order to the network's", here(Builtin::Htons)),
    row!("uint16_t" "ntohs" ("uint16_t" "netshort")
        "two bytes from the network's order to this machine's", here(Builtin::Htons)),
    row!("uint32_t" "htonl" ("uint32_t" "hostlong")
        "four bytes from this machine's order to the network's", here(Builtin::Htonl)),
    row!("uint32_t" "ntohl" ("uint32_t" "netlong")
        "four bytes from the network's order to this machine's", here(Builtin::Htonl)),
    row!("in_addr_t" "inet_addr" ("const char *" "cp")
        "the four bytes of an IPv4 address, in network order", here(Builtin::Network(Network::InetAddr))),
    row!("int" "inet_aton" ("const char *" "cp", "struct in_addr *" "inp")
        "the four bytes of an IPv4 address into a struct; 1 if it is one", here(Builtin::Network(Network::InetAton))),
    row!("int" "inet_pton" ("int" "af", "const char *" "src", "void *" "dst")
        "the bytes of an address; 1 if it is one", here(Builtin::Network(Network::InetPton))),
    row!("const char *" "inet_ntop" ("int" "af", "const void *" "src", "char *" "dst", "socklen_t" "size")
        "an address as text, into a buffer", here(Builtin::Network(Network::InetNtop))),
    row!("char *" "inet_ntoa" ("struct in_addr" "in")
        "an IPv4 address as text, in a buffer that the next call overwrites", here(Builtin::Network(Network::InetNtoa))),
    row!("void *" "memset" ("void *" "s", "int" "c", "size_t" "n")
        "fill bytes with one value", here(Builtin::Text(Text::Memset))),
    row!("void *" "memcpy" ("void *" "dest", "const void *" "src", "size_t" "n")
        "copy bytes", here(Builtin::Text(Text::Memcpy))),
    row!("void *" "memmove" ("void *" "dest", "const void *" "src", "size_t" "n")
        "copy bytes that may overlap", here(Builtin::Text(Text::Memcpy))),
    row!("int" "memcmp" ("const void *" "s1", "const void *" "s2", "size_t" "n")
        "compare bytes; 0 if they are equal", here(Builtin::Text(Text::Memcmp))),
    row!("void" "bzero" ("void *" "s", "size_t" "n")
        "fill bytes with 0", here(Builtin::Text(Text::Bzero))),
    row!("char *" "strcpy" ("char *" "dst", "const char *" "src")
        "copy a string with its NUL", here(Builtin::Text(Text::Strcpy))),
    row!("char *" "strncpy" ("char *" "dst", "const char *" "src", "size_t" "n")
        "copy at most n bytes of a string, and fill up with NUL", here(Builtin::Text(Text::Strncpy))),
    row!("char *" "strcat" ("char *" "dst", "const char *" "src")
        "append a string", here(Builtin::Text(Text::Strcat))),
    row!("size_t" "strlen" ("const char *" "s")
        "how many bytes stand before the NUL", here(Builtin::Text(Text::Strlen))),
    row!("int" "strcmp" ("const char *" "s1", "const char *" "s2")
        "compare strings; 0 if they are equal", here(Builtin::Text(Text::Strcmp))),
    row!("int" "strncmp" ("const char *" "s1", "const char *" "s2", "size_t" "n")
        "compare at most n bytes of two strings", here(Builtin::Text(Text::Strncmp))),
    row!("char *" "strchr" ("const char *" "s", "int" "c")
        "the first place of a character in a string, or NULL", here(Builtin::Text(Text::Strchr))),
    row!("char *" "strstr" ("const char *" "haystack", "const char *" "needle")
        "the first place of a string in a string, or NULL", here(Builtin::Text(Text::Strstr))),
    row!("int" "atoi" ("const char *" "nptr")
        "the number that a string begins with", here(Builtin::Text(Text::Atoi))),
    row!("int" "toupper" ("int" "c")
        "the capital of a letter", here(Builtin::Text(Text::Toupper))),
    row!("int" "tolower" ("int" "c")
        "the small form of a letter", here(Builtin::Text(Text::Tolower))),
    row!("char *" "strerror" ("int" "errnum")
        "an error in words", here(Builtin::Text(Text::Strerror))),
    row!("void" "perror" ("const char *" "s")
        "print s and what errno means", here(Builtin::Format(Format::Perror))),
    row!("int" "printf" ("const char *" "format"; ...)
        "print by a format", here(Builtin::Format(Format::Printf))),
    row!("int" "fprintf" ("FILE *" "stream", "const char *" "format"; ...)
        "print by a format to stdout or stderr", here(Builtin::Format(Format::Fprintf))),
    row!("int" "snprintf" ("char *" "str", "size_t" "size", "const char *" "format"; ...)
        "print by a format into a buffer of size bytes", here(Builtin::Format(Format::Snprintf))),
    row!("int" "sprintf" ("char *" "str", "const char *" "format"; ...)
        "print by a format into a buffer", here(Builtin::Format(Format::Sprintf))),
    row!("int" "puts" ("const char *" "s")
        "print a string and a new line", here(Builtin::Format(Format::Puts))),
    row!("int" "fputs" ("const char *" "s", "FILE *" "stream")
        "print a string", here(Builtin::Format(Format::Fputs))),
    row!("int" "fputc" ("int" "c", "FILE *" "stream")
        "print a character", here(Builtin::Format(Format::Putchar))),
    row!("int" "putc" ("int" "c", "FILE *" "stream")
        "print a character", here(Builtin::Format(Format::Putchar))),
    row!("int" "putchar" ("int" "c")
        "print a character", here(Builtin::Format(Format::Putchar))),
    row!("int" "fflush" ("FILE *" "stream")
        "print what was held back; nothing is, here", here(Builtin::Format(Format::Fflush))),
    row!("char *" "fgets" ("char *" "s", "int" "size", "FILE *" "stream")
        "read a line of the input that was given, at most size - 1 bytes", here(Builtin::Input(Input::Fgets))),
    row!("int" "getchar" ()
        "read a character of the input that was given", here(Builtin::Input(Input::Getchar))),
    row!("int" "fgetc" ("FILE *" "stream")
        "read a character of the input that was given", here(Builtin::Input(Input::Getchar))),
    row!("int" "getc" ("FILE *" "stream")
        "read a character of the input that was given", here(Builtin::Input(Input::Getchar))),
    row!("int" "feof" ("FILE *" "stream")
        "whether a read has met the end of the input", here(Builtin::Input(Input::Feof))),
    row!("int" "ferror" ("FILE *" "stream")
        "whether a read has failed; none does, here", here(Builtin::Input(Input::Ferror))),
    row!("int" "scanf" ("const char *" "format"; ...)
        "read numbers and words of the input that was given", here(Builtin::Input(Input::Scanf))),
    row!("char *" "strncat" ("char *" "dst", "const char *" "src", "size_t" "n")
        "append at most n bytes of a string", here(Builtin::Text(Text::Strncat))),
    row!("char *" "strrchr" ("const char *" "s", "int" "c")
        "the last place of a character in a string, or NULL", here(Builtin::Text(Text::Strrchr))),
    row!("void" "bcopy" ("const void *" "src", "void *" "dest", "size_t" "n")
        "copy bytes; the source comes first", here(Builtin::Text(Text::Bcopy))),
    row!("int" "bcmp" ("const void *" "s1", "const void *" "s2", "size_t" "n")
        "compare bytes; 0 if they are equal", here(Builtin::Text(Text::Memcmp))),
    row!("long" "atol" ("const char *" "nptr")
        "the number that a string begins with", here(Builtin::Text(Text::Atoi))),
    row!("long" "strtol" ("const char *" "nptr", "char **" "endptr", "int" "base")
        "the number that a string begins with, and where it ends", here(Builtin::Text(Text::Strtol))),
    row!("char *" "ctime" ("const time_t *" "timep")
        "seconds since 1970 as a date, in UTC", here(Builtin::Text(Text::Ctime))),
    row!("int" "isalpha" ("int" "c")
        "whether it is a letter", here(Builtin::Text(Text::Isalpha))),
    row!("int" "isdigit" ("int" "c")
        "whether it is a digit", here(Builtin::Text(Text::Isdigit))),
    row!("int" "isspace" ("int" "c")
        "whether it is white space", here(Builtin::Text(Text::Isspace))),
    row!("int" "isalnum" ("int" "c")
        "whether it is a letter or a digit", here(Builtin::Text(Text::Isalnum))),
    row!("int" "isupper" ("int" "c")
        "whether it is a capital letter", here(Builtin::Text(Text::Isupper))),
    row!("int" "islower" ("int" "c")
        "whether it is a small letter", here(Builtin::Text(Text::Islower))),
    row!("int" "isprint" ("int" "c")
        "whether it can be printed", here(Builtin::Text(Text::Isprint))),
    row!("struct hostent *" "gethostbyname" ("const char *" "name")
        "the address that a name stands for; only addresses and localhost are known here", here(Builtin::Network(Network::Gethostbyname))),
    row!("size_t" "strcspn" ("const char *" "s", "const char *" "reject")
        "how many bytes stand before the first of a set", here(Builtin::Text(Text::Strcspn))),
    row!("size_t" "strspn" ("const char *" "s", "const char *" "accept")
        "how many bytes at the beginning are of a set", here(Builtin::Text(Text::Strspn))),
    row!("char *" "strpbrk" ("const char *" "s", "const char *" "accept")
        "the first byte that is of a set, or NULL", here(Builtin::Text(Text::Strpbrk))),
    row!("char *" "strtok" ("char *" "str", "const char *" "delim")
        "the next piece of a string, which it cuts", here(Builtin::Text(Text::Strtok))),
    row!("int" "strcasecmp" ("const char *" "s1", "const char *" "s2")
        "compare strings without regard to case; 0 if they are equal", here(Builtin::Text(Text::Strcasecmp))),
    row!("int" "strncasecmp" ("const char *" "s1", "const char *" "s2", "size_t" "n")
        "compare at most n bytes without regard to case", here(Builtin::Text(Text::Strncasecmp))),
    row!("void *" "memchr" ("const void *" "s", "int" "c", "size_t" "n")
        "the first place of a byte, or NULL", here(Builtin::Text(Text::Memchr))),
    row!("char *" "strsignal" ("int" "sig")
        "a signal in words", here(Builtin::Text(Text::Strsignal))),
    row!("int" "isxdigit" ("int" "c")
        "whether it is a hexadecimal digit", here(Builtin::Text(Text::Isxdigit))),
    row!("int" "ispunct" ("int" "c")
        "whether it is punctuation", here(Builtin::Text(Text::Ispunct))),
    row!("unsigned long" "strtoul" ("const char *" "nptr", "char **" "endptr", "int" "base")
        "the number that a string begins with, and where it ends", here(Builtin::Text(Text::Strtol))),
    row!("int" "sscanf" ("const char *" "str", "const char *" "format"; ...)
        "read numbers and words of a string", here(Builtin::Input(Input::Sscanf))),
    row!("int" "rand" ()
        "the next random number, as glibc counts them", here(Builtin::Random(Random::Rand))),
    row!("void" "srand" ("unsigned int" "seed")
        "where the random numbers begin", here(Builtin::Random(Random::Srand))),
    row!("int" "abs" ("int" "j")
        "a number without its sign", here(Builtin::Control(Control::Abs))),
    row!("int" "fileno" ("FILE *" "stream")
        "the descriptor of stdin, stdout or stderr", here(Builtin::Control(Control::Fileno))),
    row!("void" "setbuf" ("FILE *" "stream", "char *" "buf")
        "how output is held back; it never is, here", here(Builtin::Control(Control::Nothing))),
    row!("int" "setvbuf" ("FILE *" "stream", "char *" "buf", "int" "mode", "size_t" "size")
        "how output is held back; it never is, here", here(Builtin::Control(Control::Nothing))),
    row!("void" "setlinebuf" ("FILE *" "stream")
        "hold output back by lines; it never is, here", here(Builtin::Control(Control::Nothing))),
    row!("void" "assert" (; ...)
        "end the process by SIGABRT if this is 0", here(Builtin::Control(Control::Assert))),
    row!("void" "abort" ()
        "end the process by SIGABRT", here(Builtin::Control(Control::Abort))),
    row!("char *" "getenv" ("const char *" "name")
        "what a variable of the environment is; it is empty here: NULL", here(Builtin::Control(Control::Getenv))),
    row!("socklen_t" "SUN_LEN" ("const struct sockaddr_un *" "ptr")
        "the length of a unix address with its path", here(Builtin::Sets(Sets::SunLen))),
    row!("void" "FD_ZERO" ("fd_set *" "set")
        "empty a set of descriptors", here(Builtin::Sets(Sets::FdZero))),
    row!("void" "FD_SET" ("int" "fd", "fd_set *" "set")
        "put a descriptor into a set", here(Builtin::Sets(Sets::FdSet))),
    row!("void" "FD_CLR" ("int" "fd", "fd_set *" "set")
        "take a descriptor out of a set", here(Builtin::Sets(Sets::FdClr))),
    row!("int" "FD_ISSET" ("int" "fd", "fd_set *" "set")
        "whether a descriptor is in a set", here(Builtin::Sets(Sets::FdIsset))),
    row!("size_t" "CMSG_ALIGN" ("size_t" "length")
        "length, rounded up as ancillary data is", here(Builtin::Control(Control::CmsgAlign))),
    row!("size_t" "CMSG_SPACE" ("size_t" "length")
        "bytes that ancillary data of this length takes, with its head and padding", here(Builtin::Control(Control::CmsgSpace))),
    row!("size_t" "CMSG_LEN" ("size_t" "length")
        "the value for cmsg_len", here(Builtin::Control(Control::CmsgLen))),
    row!("struct cmsghdr *" "CMSG_FIRSTHDR" ("const struct msghdr *" "msgh")
        "the first head in the ancillary data, or NULL", here(Builtin::Control(Control::CmsgFirst))),
    row!("struct cmsghdr *" "CMSG_NXTHDR" ("const struct msghdr *" "msgh", "const struct cmsghdr *" "cmsg")
        "the next head in the ancillary data, or NULL", here(Builtin::Control(Control::CmsgNext))),
    row!("unsigned char *" "CMSG_DATA" ("const struct cmsghdr *" "cmsg")
        "the data behind a head", here(Builtin::Control(Control::CmsgData))),
    row!("int" "WIFEXITED" ("int" "wstatus")
        "whether the child ended by itself", here(Builtin::Control(Control::Wifexited))),
    row!("int" "WEXITSTATUS" ("int" "wstatus")
        "the exit status of the child", here(Builtin::Control(Control::Wexitstatus))),
    row!("int" "WIFSIGNALED" ("int" "wstatus")
        "whether a signal killed the child", here(Builtin::Control(Control::Wifsignaled))),
    row!("int" "WTERMSIG" ("int" "wstatus")
        "the signal that killed the child", here(Builtin::Control(Control::Wtermsig))),
    row!("int" "sigemptyset" ("sigset_t *" "set")
        "empty a set of signals", here(Builtin::Sets(Sets::Sigemptyset))),
    row!("int" "sigfillset" ("sigset_t *" "set")
        "put all signals into a set", here(Builtin::Sets(Sets::Sigfillset))),
    row!("int" "sigaddset" ("sigset_t *" "set", "int" "signum")
        "put a signal into a set", here(Builtin::Sets(Sets::Sigaddset))),
    row!("int" "sigdelset" ("sigset_t *" "set", "int" "signum")
        "take a signal out of a set", here(Builtin::Sets(Sets::Sigdelset))),
    row!("int" "sigismember" ("const sigset_t *" "set", "int" "signum")
        "whether a signal is in a set", here(Builtin::Sets(Sets::Sigismember))),
    row!("int" "IN6_IS_ADDR_V4MAPPED" ("const struct in6_addr *" "a")
        "whether it is an IPv4 address in IPv6's form", here(Builtin::Network(Network::IsV4Mapped))),
    row!("int" "S_ISSOCK" ("mode_t" "mode")
        "whether a file's mode says socket", here(Builtin::Control(Control::IsSocket))),
];
