// CZlib: zlib as Debian ships it, and what Swift cannot say.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

// Both are macros that pass the version and the size of the structure. 16 more than the largest
// window means gzip's own header and checksum.
static inline int czlib_deflate_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_inflate_gzip(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
