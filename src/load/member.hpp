#pragma once

#include "load/client.hpp"
#include "load/flow.hpp"
#include "load/ledger.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cresset::load {

// What a client of the load is there for.
enum class role : std::uint8_t
{
    member,    // gets the messages of one flow, and must get them all
    slow,      // the same, but reads slowly, and may lose some
    publisher, // sends; what it gets itself is not counted
    visitor    // comes and goes, and what it gets is not counted
};

// A client with its rooms and its books. Belongs to a worker, and to its thread.
class member final : public client
{
public:
    member(const client_settings& settings, client_tools& tools, owner& o, std::uint64_t number,
           role what)
        : client(settings, tools, o, number), is(what)
    {}

    const role is;
    std::uint32_t flow_number = 0;  // of a member: whose messages it gets
    audience* beside = nullptr;     // of a member
    std::vector<std::string> rooms; // to join
    ledger got;
    std::uint32_t probe = 0;     // the latest that came
    std::int64_t may_read = 0;   // slow: bytes, before it pauses
    std::uint64_t due_ns = 0;    // when it should have begun to connect
    std::uint64_t leaves_ns = 0; // of a visitor
    bool was_connected = false;  // since it last began to connect
};

} // namespace cresset::load
