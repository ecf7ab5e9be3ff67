#include "protocol/json_member.hpp"

#include "protocol/json_scanner.hpp"
#include "protocol/json_string.hpp"

namespace cresset::protocol {

std::string_view find_member(std::string_view raw_object, std::string_view key)
{
    std::string_view found, name, value;
    json_scanner scanner(raw_object);
    scanner.enter_object();
    while (scanner.next_member(name, value)) {
        if (is_json_string(name, key))
            found = value;
    }
    return scanner.finish() ? found : std::string_view();
}

std::optional<std::string> read_string_member(std::string_view raw_object, std::string_view key)
{
    const std::string_view raw = find_member(raw_object, key);
    if (!raw.starts_with('"'))
        return std::nullopt;
    return unescape(raw);
}

std::vector<std::string> read_strings_member(std::string_view raw_object, std::string_view key)
{
    std::vector<std::string> strings;
    json_scanner scanner(find_member(raw_object, key));
    scanner.enter_array();
    std::string_view element;
    while (scanner.next_element(element)) {
        if (element.starts_with('"'))
            strings.push_back(unescape(element));
    }
    return strings;
}

} // namespace cresset::protocol
