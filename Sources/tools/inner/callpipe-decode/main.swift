// callpipe-decode: decode recordings for rc-fetch and transcribe, each in a child that can do
// nothing else.
//
// They start it with a socket as standard input; by hand there is nothing to do with it.
import Decoding
import Glibc

guard DecodeServer.isSocket(0) else {
    let message = "callpipe-decode: serves rc-fetch and transcribe; see callpipe-decode(8)\n"
    _ = unsafe write(2, message, message.utf8.count)
    exit(64)
}
DecodeServer.serve(0)
