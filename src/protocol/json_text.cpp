#include "protocol/json_text.hpp"

#include "protocol/json_scanner.hpp"
#include "protocol/json_token.hpp"

#include <simdjson.h>

namespace cresset::protocol {
namespace {

constexpr std::string_view spaces = " \t\n\r";

std::string_view trim(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

bool is_container(std::string_view text)
{
    json_scanner scanner(text);
    std::string_view value;
    if (text[0] == '{') {
        std::string_view key;
        scanner.enter_object();
        while (scanner.next_member(key, value)) {
        }
    } else {
        scanner.enter_array();
        while (scanner.next_element(value)) {
        }
    }
    return scanner.finish();
}

} // namespace

bool is_json_text(std::string_view text)
{
    text = trim(text);
    if (text.empty() || !simdjson::validate_utf8(text))
        return false;
    if (text[0] == '{' || text[0] == '[')
        return is_container(text);
    const char* const end = text.data() + text.size();
    return skip_json_scalar(text.data(), end) == end;
}

} // namespace cresset::protocol
