// callpipe-decode: decode recordings for rc-fetch and transcribe, each in a child that can do
// nothing else.
//
// They start it with a socket as standard input; by hand there is nothing to do with it.
import Decoding
import Glibc
import System

guard DecodeServer.isSocket(0) else {
    let message = "callpipe-decode: serves rc-fetch and transcribe; see callpipe-decode(8)\n"
    try? Descriptor.writeAll(2, Array(message.utf8))
    exit(64)
}
DecodeServer.serve(0)
