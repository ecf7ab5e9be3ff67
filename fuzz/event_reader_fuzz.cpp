// event_reader takes exactly what is JSON and reads out of it what simdjson's other parser does.

#include "expect.hpp"
#include "protocol/authenticate_request.hpp"
#include "protocol/event_reader.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/publish_request.hpp"
#include "protocol/room_list.hpp"
#include "unit/protocol/tight_text.hpp"

#include <simdjson.h>

#include <cstdint>
#include <string>

namespace {

using namespace cresset::protocol;
using cresset::fuzz::expect;
namespace dom = simdjson::dom;

// What may be beyond a double: 19 digits in a row, or 3 of an exponent.
bool has_large_number(std::string_view text)
{
    std::size_t digits = 0;
    bool in_exponent = false;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (++digits >= (in_exponent ? 3u : 19u))
                return true;
            continue;
        }
        const bool sign = c == '+' || c == '-';
        in_exponent = c == 'e' || c == 'E' || (in_exponent && digits == 0 && sign);
        digits = 0;
    }
    return false;
}

// simdjson converts everything, so it has no place for some texts that JSON.parse takes. Of large
// numbers it says what its version says.
bool may_refuse(std::string_view text, simdjson::error_code error)
{
    if (error == simdjson::STRING_ERROR) // a lone surrogate
        return text.find("\\ud") != text.npos || text.find("\\uD") != text.npos;
    return error == simdjson::DEPTH_ERROR || has_large_number(text);
}

// The string that the last member of that name is, as in event_reader; else empty.
std::string_view last_string(const dom::object& object, std::string_view name)
{
    std::string_view text;
    for (const auto [key, value] : object) {
        if (key == name)
            text = value.is_string() ? std::string_view(value) : std::string_view();
    }
    return text;
}

void check_data(const dom::object& object, std::string_view raw)
{
    dom::parser parser;
    const std::string again = raw.empty() ? "" : simdjson::to_string(parser.parse(raw).value());
    std::string last;
    for (const auto [key, value] : object) {
        if (key == "data")
            last = simdjson::to_string(value);
    }
    expect(again == last, "data is a slice of the text that says the same");
}

void check_event(const event_view& event)
{
    event_reader reader;
    const std::string written = write_event(event.event, event.data);
    const read_result again = reader.read(written);
    expect(again && again->event == event.event && again->data == event.data,
           "what is written again reads the same");
    const publish_result publish = read_publish_request(event.data);
    expect(!publish || (!publish->room.empty() && !publish->event.empty()), "no empty names");
    for (const std::string& room : read_room_list(event.data))
        expect(simdjson::validate_utf8(room), "names are UTF-8");
    expect(!read_authenticate_request(event.data).credentials.empty(), "credentials are JSON");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const tight_text tight({reinterpret_cast<const char*>(data), size});
    const std::string_view text = tight.view();
    event_reader reader;
    const read_result found = reader.read(text);
    const bool is_object = found || found.error == read_error::no_event;

    dom::parser parser;
    dom::element parsed;
    const simdjson::error_code error = parser.parse(text).get(parsed);
    if (error)
        expect(!is_object || may_refuse(text, error), "what is no JSON is refused");
    else
        expect(is_object == parsed.is_object(), "every object is taken, nothing else");

    if (!error && is_object) {
        const dom::object object = parsed.get_object();
        const std::string_view name = last_string(object, "event");
        expect(name == (found ? found->event : ""), "the name is that of the last event");
        expect(!found || found->id == last_string(object, "id"), "so is the id");
        if (found)
            check_data(object, found->data);
    }
    if (found)
        check_event(*found.value);
    return 0;
}
