// CSimdjson: one walk over the structural characters that simdjson finds in a document.
//
// simdjson's first stage tells where every token begins, that the text is UTF-8, that strings end
// and hold no control characters. Its On-Demand parser would go on from there, but does not look
// into what it skips, and takes {"a":1:2} for an object; a record that is broken anywhere must not
// travel on. So the grammar is walked here. Numbers are checked for form only, never converted:
// 2^53+1 and 1e400 are the sender's business and pass byte for byte.
#include "include/CSimdjson.h"

#include <cstring>
#include <memory>
#include <simdjson.h>

using namespace simdjson;

struct csimdjson_parser {
    std::unique_ptr<internal::dom_parser_implementation> stage1;
};

namespace {

// Levels of objects and arrays, the record itself being the first.
constexpr int max_depth = 1000;

bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
bool is_hex(uint8_t c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

// A token without the white space after it.
struct Token {
    const uint8_t *start, *end;

    bool is(const char *word, size_t length) const {
        return size_t(end - start) == length && std::memcmp(start, word, length) == 0;
    }
};

// The number grammar of RFC 8259, section 6.
bool is_number(Token token) {
    const uint8_t *at = token.start, *end = token.end;
    if (at < end && *at == '-') at++;
    if (at == end || !is_digit(*at)) return false;
    if (*at == '0') at++;
    else while (at < end && is_digit(*at)) at++;
    if (at < end && *at == '.') {
        if (++at == end || !is_digit(*at)) return false;
        while (at < end && is_digit(*at)) at++;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        if (at == end || !is_digit(*at)) return false;
        while (at < end && is_digit(*at)) at++;
    }
    return at == end;
}

// The first stage does not check escapes.
bool escapes_valid(Token token) {
    const uint8_t *at = token.start, *end = token.end;
    while ((at = static_cast<const uint8_t *>(std::memchr(at, '\\', size_t(end - at))))) {
        if (++at == end) return false;
        if (*at == 'u') {
            if (end - at < 5) return false;
            for (int i = 1; i <= 4; i++)
                if (!is_hex(at[i])) return false;
            at += 5;
        } else if (*at && std::strchr("\"\\/bfnrt", *at)) {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

int check_scalar(Token token, bool text_has_escapes) {
    switch (*token.start) {
    // It ends with its closing mark, since whatever follows that begins another token.
    case '"': return text_has_escapes && !escapes_valid(token) ? CSIMDJSON_BAD_ESCAPE : CSIMDJSON_OK;
    case 't': return token.is("true", 4) ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    case 'f': return token.is("false", 5) ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    case 'n': return token.is("null", 4) ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    default: return is_number(token) ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    }
}

class Walk {
public:
    Walk(const uint8_t *text, size_t length, const uint32_t *tokens, size_t count,
         csimdjson_member *out, size_t room)
        : text(text), length(length), next(tokens), last(tokens + count), out(out), room(room),
          has_escapes(std::memchr(text, '\\', length) != nullptr) {}

    size_t found = 0;

    // The grammar of RFC 8259, sections 4 and 5, from the opening brace to the end of the text.
    int run() {
        next++;
        closing[depth = 1] = '}';
        bool is_first = true;
        while (true) {
            if (is_first && at(closing[depth])) {
                // There is nothing in it.
                next++;
            } else {
                if (closing[depth] == '}')
                    if (int answer = key()) return answer;
                if (next == last) return CSIMDJSON_CUT_SHORT;
                uint8_t first = text[*next];
                if (first == '{' || first == '[') {
                    if (depth == max_depth) return CSIMDJSON_TOO_DEEP;
                    if (depth == 1) member.value_start = *next;
                    closing[++depth] = first == '{' ? '}' : ']';
                    next++;
                    is_first = true;
                    continue;
                }
                if (int answer = scalar()) return answer;
                if (!at(',') && !at(closing[depth])) return amiss();
                if (depth == 1) add();
                is_first = false;
                if (text[*next++] == ',') continue;
            }
            // One value is closed; so may be the one in which it stands.
            while (true) {
                depth--;
                if (depth == 0) return next == last ? CSIMDJSON_OK : CSIMDJSON_TRAILING;
                if (depth == 1) {
                    member.value_end = next[-1] + 1;
                    add();
                }
                is_first = false;
                if (!at(',') && !at(closing[depth])) return amiss();
                if (text[*next++] == ',') break;
            }
        }
    }

private:
    const uint8_t *text;
    size_t length;
    const uint32_t *next, *last;
    csimdjson_member *out;
    size_t room;
    bool has_escapes;
    csimdjson_member member = {};
    int depth = 0;
    uint8_t closing[max_depth + 1];

    bool at(uint8_t c) const { return next < last && text[*next] == c; }
    int amiss() const { return next == last ? CSIMDJSON_CUT_SHORT : CSIMDJSON_BAD_ORDER; }

    // The token in hand; the next one is in hand then.
    Token take() {
        const uint8_t *start = text + *next++;
        const uint8_t *end = next < last ? text + *next : text + length;
        while (is_space(end[-1])) end--;
        return {start, end};
    }

    int key() {
        if (!at('"')) return amiss();
        Token token = take();
        bool is_escaped = has_escapes
            && std::memchr(token.start, '\\', size_t(token.end - token.start));
        if (is_escaped && !escapes_valid(token)) return CSIMDJSON_BAD_ESCAPE;
        if (depth == 1) {
            member.name_start = uint32_t(token.start + 1 - text);
            member.name_end = uint32_t(token.end - 1 - text);
            member.name_escaped = is_escaped;
        }
        if (!at(':')) return amiss();
        next++;
        return CSIMDJSON_OK;
    }

    int scalar() {
        Token token = take();
        member.value_start = depth == 1 ? uint32_t(token.start - text) : member.value_start;
        member.value_end = uint32_t(token.end - text);
        return check_scalar(token, has_escapes);
    }

    void add() {
        if (found < room) out[found] = member;
        found++;
    }
};

int members(csimdjson_parser &parser, const uint8_t *text, size_t length, csimdjson_member *out,
            size_t room, size_t *count) {
    // Told before the grammar is looked at, because the grammar would only say that it is amiss.
    if (length >= 3 && std::memcmp(text, "\xEF\xBB\xBF", 3) == 0) return CSIMDJSON_BYTE_ORDER_MARK;
    size_t blank = 0;
    while (blank < length && is_space(text[blank])) blank++;
    if (blank == length || text[blank] != '{') return CSIMDJSON_NOT_OBJECT;
    if (!parser.stage1 || parser.stage1->capacity() < length) {
        size_t capacity = 64 << 10;
        while (capacity < length) capacity *= 2;
        parser.stage1.reset();
        if (auto error = get_active_implementation()->create_dom_parser_implementation(
                capacity, 1, parser.stage1))
            return error;
    }
    if (auto error = parser.stage1->stage1(text, length, stage1_mode::regular)) return error;
    Walk walk(text, length, parser.stage1->structural_indexes.get(),
              parser.stage1->n_structural_indexes, out, room);
    int answer = walk.run();
    *count = walk.found;
    return answer == CSIMDJSON_OK && walk.found > room ? CSIMDJSON_TOO_MANY : answer;
}

} // namespace

size_t csimdjson_padding(void) { return SIMDJSON_PADDING; }

csimdjson_parser *csimdjson_parser_new(void) { return new csimdjson_parser; }

void csimdjson_parser_free(csimdjson_parser *parser) { delete parser; }

int csimdjson_members(csimdjson_parser *parser, const uint8_t *text, size_t length,
                      csimdjson_member *out, size_t room, size_t *count) {
    *count = 0;
    return members(*parser, text, length, out, room, count);
}

const char *csimdjson_reason(int answer) {
    switch (answer) {
    case CSIMDJSON_OK: return "no error";
    case CSIMDJSON_TOO_MANY: return "too many members";
    case CSIMDJSON_NOT_OBJECT: return "not a JSON object";
    case CSIMDJSON_TOO_DEEP: return "nested deeper than 1000 levels";
    case CSIMDJSON_BAD_SCALAR: return "not JSON: a value is amiss";
    case CSIMDJSON_BAD_ORDER: return "not JSON: a comma, colon or bracket is amiss";
    case CSIMDJSON_TRAILING: return "text after the end of the object";
    case CSIMDJSON_CUT_SHORT: return "cut short before the end of the object";
    case CSIMDJSON_BAD_ESCAPE: return "an escape sequence that JSON does not have";
    case CSIMDJSON_BYTE_ORDER_MARK: return "a byte order mark before the object";
    case UTF8_ERROR: return "not UTF-8";
    case UNESCAPED_CHARS: return "a control character inside a string";
    case UNCLOSED_STRING: return "a string without its closing quotation mark";
    default: return error_message(error_code(answer));
    }
}
