#pragma once

#include "hub/application.hpp"
#include "hub/hub.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// What clients of the standalone server may do. Patterns as base::glob_match reads them.
struct rules
{
    std::vector<std::string> join;    // rooms that may be joined; none if empty
    std::vector<std::string> publish; // rooms whose members may publish to them; none if empty
    bool publish_to_self = false;     // who publishes is sent it too
};

// The application of `cresset serve`: a few rules in place of a program's callbacks.
//
// Everybody authenticates (--auth none), as the user of their own choice. With publish rules, the
// event `publish` {room, event, data} of a member goes to the room's other members, on all nodes,
// or with publish_to_self to all of them; what is refused is answered by `error`. Without, it is an
// event like any other: nobody's.
class application final : public hub::application
{
public:
    explicit application(rules allowed);

    // The hub it sends through; set once, before clients come.
    void set_hub(hub::hub& h) noexcept { hub_ = &h; }

private:
    void authenticate(const authenticate_request& request, reply<identity> answer) override;
    void validate_rooms(const join_request& request, reply<allowed_rooms> answer) override;
    void message(const cresset::message& received) override;

    void publish(const client& from, std::string_view data);
    void refuse(const client& from, std::string_view why);

    rules rules_;
    hub::hub* hub_ = nullptr;
};

} // namespace cresset::standalone
