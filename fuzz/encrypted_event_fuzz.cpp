// The data of an `encrypted` event is read as simdjson reads it, and nothing that a client sends
// opens but what was sealed with its key, numbered or not.

#include "expect.hpp"
#include "hub/session_cipher.hpp"
#include "json_parser.hpp"
#include "protocol/encrypted_event.hpp"
#include "unit/protocol/tight_text.hpp"

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using namespace cresset::fuzz;
using cresset::protocol::encrypted_data;

// Whether the last member of that name is there, and a string.
bool is_string(const dom::object& object, std::string_view name)
{
    bool found = false;
    for (const auto [key, value] : object)
        found = key == name ? value.is_string() : found;
    return found;
}

void check_read(const encrypted_data& data, const dom::object& object)
{
    expect(is_string(object, "iv") && is_string(object, "ct"), "iv and ct are strings");
    expect(data.iv == last_string(object, "iv"), "the last iv");
    expect(data.ct == last_string(object, "ct"), "the last ct");
    bool counted = false;
    std::uint64_t number = 0;
    for (const auto [key, value] : object)
        if (key == "n")
            counted = value.get(number) == simdjson::SUCCESS;
    expect(data.number.has_value() == counted && data.number.value_or(0) == number, "the last n");
}

void check_refused(const dom::object& object)
{
    dom::element number;
    expect(!is_string(object, "iv") || !is_string(object, "ct") ||
               object.at_key("n").get(number) == simdjson::SUCCESS,
           "all that a client needs to say is enough");
}

void check_opening(const encrypted_data& data)
{
    static hub::sealing_tools tools;
    std::array<unsigned char, 32> key{7, 7, 7};
    for (const bool numbered : {false, true}) {
        const hub::session_cipher cipher(crypto::aes_key(key), numbered);
        std::string envelope;
        expect(!cipher.open(data, tools, envelope), "what was not sealed does not open");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const protocol::tight_text tight({reinterpret_cast<const char*>(data), size});
    const std::string_view text = tight.view();
    if (!simdjson::validate_utf8(text))
        return 0; // which whoever has found the data has seen to
    const auto found = protocol::read_encrypted_data(text);

    dom::parser parser;
    dom::element parsed;
    const simdjson::error_code error = parser.parse(text).get(parsed);
    if (error)
        expect(!found || may_refuse(text, error), "what is no JSON is refused");
    else if (found)
        check_read(*found, parsed.get_object());
    else if (parsed.is_object())
        check_refused(parsed.get_object());
    if (found)
        check_opening(*found);
    return 0;
}
