// node_message_reader takes exactly the messages that simdjson's other parser finds in the payload,
// and what it took is written and read again as it was.

#include "expect.hpp"
#include "json_parser.hpp"
#include "protocol/node_message_reader.hpp"
#include "protocol/node_message_writer.hpp"
#include "unit/protocol/tight_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace cresset::protocol;
using namespace cresset::fuzz;
using error = node_message_error;
using ids = std::vector<cresset::base::client_id>;

constexpr std::string_view own_id = "s";

ids last_exclude(const dom::object& object)
{
    ids found;
    for (const auto [key, value] : object) {
        if (key != "exclude")
            continue;
        found.clear();
        if (!value.is_array())
            continue;
        for (const dom::element entry : value.get_array())
            if (entry.is_string())
                if (const auto id = cresset::base::client_id::parse(std::string_view(entry)))
                    found.push_back(*id);
    }
    return found;
}

bool has_string(const dom::object& object, std::string_view name)
{
    bool found = false;
    for (const auto [key, value] : object)
        found = key == name ? value.is_string() : found;
    return found;
}

std::optional<error> verdict(const dom::object& object)
{
    if (!has_string(object, "serverId"))
        return error::no_server_id;
    if (last_string(object, "event").empty())
        return error::no_event;
    const std::string_view type = last_string(object, "type");
    if (type == "broadcast")
        return std::nullopt;
    if (type != "room" && type != "client" && type != "user")
        return error::bad_type;
    return last_string(object, "target").empty() ? std::optional(error::no_target) : std::nullopt;
}

void check_same(const node_message& message, const dom::object& object)
{
    const bool targeted = message.kind != target_kind::broadcast;
    expect(message.server_id == last_string(object, "serverId"), "the last serverId");
    expect(name_of(message.kind) == last_string(object, "type"), "the last type");
    expect(message.target == (targeted ? last_string(object, "target") : ""), "the last target");
    expect(message.event == last_string(object, "event"), "the last event");
    expect(std::ranges::equal(message.exclude, last_exclude(object)), "the last exclude");
    expect(says_the_same(message.data, object, "data"), "data is a slice that says the same");
}

void check_round_trip(const node_message& message)
{
    const std::string written = write_node_message(message);
    node_message_reader reader;
    const node_message_result again = reader.read(written);
    expect(again && again->server_id == message.server_id && again->kind == message.kind &&
               again->target == message.target && again->event == message.event &&
               again->data == message.data && std::ranges::equal(again->exclude, message.exclude),
           "what is written again reads the same");
    expect(write_node_message(*again.value) == written, "and is written the same");
    const bool plain = message.server_id.find_first_of("\"\\") == message.server_id.npos &&
                       std::ranges::none_of(message.server_id, [](char c) {
                           return static_cast<unsigned char>(c) < 0x20;
                       });
    expect(carries_server_id(written, message.server_id) == plain, "whose it is shows in front");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const tight_text tight({reinterpret_cast<const char*>(data), size});
    const std::string_view payload = tight.view();
    node_message_reader reader;
    const node_message_result found = reader.read(payload);
    const bool own = carries_server_id(payload, own_id);
    expect(!own || payload.starts_with(R"({"serverId":"s")"), "own payloads begin so");

    dom::parser parser;
    dom::element parsed;
    const simdjson::error_code failure = parser.parse(payload).get(parsed);
    const bool is_json = found || found.error != error::not_json;
    if (failure) {
        expect(!is_json || may_refuse(payload, failure), "what is no JSON is refused");
    } else {
        expect(is_json, "all JSON is read");
        const std::optional<error> wrong =
            parsed.is_object() ? verdict(parsed.get_object()) : std::optional(error::no_object);
        expect(found ? !wrong : wrong == found.error, "by the rules");
        if (found)
            check_same(*found.value, parsed.get_object());
    }
    if (found)
        check_round_trip(*found.value);
    return 0;
}
