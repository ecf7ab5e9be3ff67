// event_reader takes exactly what is JSON and reads out of it what simdjson's other parser does.

#include "expect.hpp"
#include "json_parser.hpp"
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
using namespace cresset::fuzz;

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
            expect(says_the_same(found->data, object, "data"),
                   "data is a slice of the text that says the same");
    }
    if (found)
        check_event(*found.value);
    return 0;
}
