#pragma once

#include "base/client_id.hpp"
#include "hub/hub.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// Destinations of a request, at most.
inline constexpr std::size_t api_destinations_max = 1'000;
inline constexpr std::size_t api_excluded_max = 1'000;
inline constexpr std::size_t api_rooms_max = 1'000;

// What is wrong with a request, for the one who sent it.
class api_request_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// {"room": "a"}, {"user": "ada"}, {"client": "<id>"} or {"everyone": true}.
struct api_destination
{
    broker::target_kind kind;
    std::string name; // empty for everybody

    hub::destination view() const noexcept { return {kind, name}; }
};

// All of these read a body, which outlives what they return, and throw api_request_error.

struct emit_request
{
    std::vector<api_destination> to;
    std::string event;
    std::string_view data; // raw JSON; empty: none
    std::vector<base::client_id> exclude;
};
emit_request read_emit_request(std::string_view body);

// Whom it is about: a client, a user or the members of a room.
api_destination read_subject(std::string_view body);

std::vector<std::string> read_rooms(std::string_view body);

struct close_request
{
    api_destination whom;
    std::uint16_t code;
    std::string reason;
};
close_request read_close_request(std::string_view body);

} // namespace cresset::standalone
