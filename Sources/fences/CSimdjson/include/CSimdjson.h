// CSimdjson: the spans of the members of one JSON object, found by simdjson.
//
// simdjson is C++ templates throughout, which Swift does not import; so the walk over one document
// stands here and nothing else does.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Offsets into the text. The name is without its quotation marks.
typedef struct {
    uint32_t name_start, name_end;
    uint32_t value_start, value_end;
    bool name_escaped;
} csimdjson_member;

typedef struct csimdjson_parser csimdjson_parser;

// The answers of csimdjson_members, and what csimdjson_reason has words for.
enum { CSIMDJSON_OK = 0, CSIMDJSON_TOO_MANY = -1, CSIMDJSON_NOT_OBJECT = -2, CSIMDJSON_TOO_DEEP = -3,
       CSIMDJSON_BAD_SCALAR = -4, CSIMDJSON_TRAILING = -5, CSIMDJSON_BAD_ESCAPE = -6,
       CSIMDJSON_BYTE_ORDER_MARK = -7, CSIMDJSON_BAD_ORDER = -8, CSIMDJSON_CUT_SHORT = -9 };

// Bytes that must be readable after the text.
size_t csimdjson_padding(void);

csimdjson_parser *csimdjson_parser_new(void);
void csimdjson_parser_free(csimdjson_parser *parser);

// Checks that the text is one JSON object, all of it, and writes the spans of its members.
// With CSIMDJSON_TOO_MANY, *count is the room that is needed.
int csimdjson_members(csimdjson_parser *parser, const uint8_t *text, size_t length,
                      csimdjson_member *members, size_t room, size_t *count);

// The meaning of a positive answer (simdjson's own) or a negative one, in words.
const char *csimdjson_reason(int answer);

#ifdef __cplusplus
}
#endif
#endif
