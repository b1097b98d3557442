// CSimdjson: one walk over a document with simdjson's On-Demand parser.
//
// On-Demand does not look into what it skips, so the walk visits every value: a record that is
// broken deep inside must not travel on. Numbers are checked for form only, never converted:
// 2^53+1 and 1e400 are the sender's business and pass byte for byte.
#include "include/CSimdjson.h"

#include <cstring>
#include <simdjson.h>
#include <string_view>

using namespace simdjson;

struct csimdjson_parser {
    ondemand::parser parser;
};

namespace {

// Levels of objects and arrays, the record itself being the first.
constexpr int max_depth = 1000;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    return token;
}

// The number grammar of RFC 8259, section 6.
bool is_number(std::string_view text) {
    const char *at = text.data(), *end = at + text.size();
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

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Stage 1 finds where strings end and that they are UTF-8 without control characters; escapes it
// leaves to whoever unescapes.
bool escapes_valid(std::string_view text) {
    const char *at = text.data(), *end = at + text.size();
    while ((at = static_cast<const char *>(std::memchr(at, '\\', end - at)))) {
        if (++at == end) return false;
        if (*at == 'u') {
            if (end - at < 5) return false;
            for (int i = 1; i <= 4; i++)
                if (!is_hex(at[i])) return false;
            at += 5;
        } else if (std::strchr("\"\\/bfnrt", *at) && *at) {
            at++;
        } else {
            return false;
        }
    }
    return true;
}

// What holds for the whole text, found once: without any backslash no string needs a second look.
struct Text {
    bool has_escapes;
    const char *end;
};

// A string token reaches from its quotation mark to the next structural character. Nothing but
// white space may stand after its closing mark, which the document's grammar makes sure of.
int check_string(std::string_view token) {
    if (token.size() < 2 || token.back() != '"') return CSIMDJSON_BAD_SCALAR;
    return escapes_valid(token.substr(1, token.size() - 2)) ? CSIMDJSON_OK : CSIMDJSON_BAD_ESCAPE;
}

// Checks a token that reaches to the next structural character. On-Demand skips a value that
// nobody takes without looking at what follows it, so {"a":1:2} has to be found here.
int check_scalar(std::string_view token, char closing, Text text) {
    const char *next = token.data() + token.size();
    if (next >= text.end || (*next != ',' && *next != closing)) return TAPE_ERROR;
    token = trimmed(token);
    if (token.empty()) return CSIMDJSON_BAD_SCALAR;
    switch (token.front()) {
    case '"': return text.has_escapes ? check_string(token) : CSIMDJSON_OK;
    case 't': return token == "true" ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    case 'f': return token == "false" ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    case 'n': return token == "null" ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    default: return is_number(token) ? CSIMDJSON_OK : CSIMDJSON_BAD_SCALAR;
    }
}

// The key ends at the first quotation mark that is not escaped; simdjson has seen to that.
std::string_view key_of(ondemand::field &field) {
    const char *start = field.key().raw(), *stop = start;
    while (*stop != '"') stop += (*stop == '\\') ? 2 : 1;
    return std::string_view(start, stop - start);
}

int check_value(ondemand::value value, int depth, char closing, Text text) {
    std::string_view token = value.raw_json_token();
    if (token.empty()) return CSIMDJSON_BAD_SCALAR;
    char first = token.front();
    if ((first == '{' || first == '[') && depth > max_depth) return CSIMDJSON_TOO_DEEP;
    if (first == '{') {
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return error;
        for (auto entry : object) {
            ondemand::field field;
            if (auto error = std::move(entry).get(field)) return error;
            if (text.has_escapes && !escapes_valid(key_of(field))) return CSIMDJSON_BAD_ESCAPE;
            if (int answer = check_value(field.value(), depth + 1, '}', text)) return answer;
        }
        return CSIMDJSON_OK;
    }
    if (first == '[') {
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        for (auto entry : array) {
            ondemand::value element;
            if (auto error = std::move(entry).get(element)) return error;
            if (int answer = check_value(element, depth + 1, ']', text)) return answer;
        }
        return CSIMDJSON_OK;
    }
    return check_scalar(token, closing, text);
}

int members(ondemand::parser &parser, const uint8_t *text, size_t length, csimdjson_member *out,
            size_t room, size_t *count) {
    // Told before the grammar is looked at, because the grammar would only say "syntax".
    if (length >= 3 && std::memcmp(text, "\xEF\xBB\xBF", 3) == 0) return CSIMDJSON_BYTE_ORDER_MARK;
    size_t blank = 0;
    while (blank < length && is_space(char(text[blank]))) blank++;
    if (blank == length || text[blank] != '{') return CSIMDJSON_NOT_OBJECT;
    if (length > parser.capacity()) {
        size_t capacity = 64 << 10;
        while (capacity < length) capacity *= 2;
        if (auto error = parser.allocate(capacity, max_depth + 24)) return error;
    }
    ondemand::document document;
    padded_string_view view(reinterpret_cast<const char *>(text), length,
                            length + SIMDJSON_PADDING);
    if (auto error = parser.iterate(view).get(document)) return error;
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    const char *base = reinterpret_cast<const char *>(text);
    Text whole = {std::memchr(text, '\\', length) != nullptr, base + length};
    size_t found = 0;
    for (auto entry : object) {
        ondemand::field field;
        if (auto error = std::move(entry).get(field)) return error;
        std::string_view name = key_of(field);
        bool escaped = whole.has_escapes && name.find('\\') != name.npos;
        if (escaped && !escapes_valid(name)) return CSIMDJSON_BAD_ESCAPE;
        ondemand::value value = field.value();
        std::string_view token = value.raw_json_token();
        int answer = check_value(value, 2, '}', whole);
        if (answer) return answer;
        const char *start = token.data(), *end = start + trimmed(token).size();
        if (token.front() == '{' || token.front() == '[') {
            // The iterator now stands on what follows the value.
            const char *next;
            if (auto error = document.current_location().get(next)) return error;
            end = next;
            while (is_space(end[-1])) end--;
        }
        if (found < room)
            out[found] = {uint32_t(name.data() - base), uint32_t(name.end() - base),
                          uint32_t(start - base), uint32_t(end - base), escaped};
        found++;
    }
    *count = found;
    // Past the last structural character there is no location.
    const char *rest;
    if (!document.current_location().get(rest)) return CSIMDJSON_TRAILING;
    return found > room ? CSIMDJSON_TOO_MANY : CSIMDJSON_OK;
}

} // namespace

size_t csimdjson_padding(void) { return SIMDJSON_PADDING; }

csimdjson_parser *csimdjson_parser_new(void) { return new csimdjson_parser; }

void csimdjson_parser_free(csimdjson_parser *parser) { delete parser; }

int csimdjson_members(csimdjson_parser *parser, const uint8_t *text, size_t length,
                      csimdjson_member *out, size_t room, size_t *count) {
    *count = 0;
    try {
        return members(parser->parser, text, length, out, room, count);
    } catch (const simdjson_error &error) {
        return error.error();
    }
}

const char *csimdjson_reason(int answer) {
    switch (answer) {
    case CSIMDJSON_OK: return "no error";
    case CSIMDJSON_TOO_MANY: return "too many members";
    case CSIMDJSON_NOT_OBJECT: return "not a JSON object";
    case CSIMDJSON_TOO_DEEP: return "nested deeper than 1000 levels";
    case CSIMDJSON_BAD_SCALAR: return "not JSON: a value is amiss";
    case CSIMDJSON_TRAILING: return "text after the end of the object";
    case CSIMDJSON_BAD_ESCAPE: return "an escape sequence that JSON does not have";
    case CSIMDJSON_BYTE_ORDER_MARK: return "a byte order mark before the object";
    case UTF8_ERROR: return "not UTF-8";
    case UNESCAPED_CHARS: return "a control character inside a string";
    case UNCLOSED_STRING: return "a string without its closing quotation mark";
    case INCOMPLETE_ARRAY_OR_OBJECT: return "cut short, or text after the end of the object";
    case TAPE_ERROR: return "not JSON: a comma, colon or bracket is amiss";
    default: return error_message(error_code(answer));
    }
}
