#pragma once

#include "hub/application.hpp"
#include "hub/hub.hpp"
#include "standalone/authentication.hpp"
#include "standalone/expiries.hpp"
#include "standalone/room_pattern.hpp"

#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// What clients of the standalone server may do, as it was told.
struct rule_texts
{
    std::vector<std::string> join;         // rooms that may be joined; none if empty
    std::vector<std::string> deny_join;    // but not these
    std::vector<std::string> publish;      // rooms whose members may publish to them; none if empty
    std::vector<std::string> deny_publish; // but not these
    bool publish_to_self = false;          // who publishes is sent it too
};

struct rules
{
    // Throws std::invalid_argument, with what is wrong with a pattern.
    explicit rules(const rule_texts& told);

    room_patterns join, deny_join, publish, deny_publish;
    bool publish_to_self;
};

// The application of `cresset serve`: a few rules in place of a program's callbacks.
//
// With publish rules, the event `publish` {room, event, data} of a member goes to the room's other
// members, on all nodes, or with publish_to_self to all of them; what is refused is answered by
// `error`. Without, it is an event like any other: nobody's.
class application final : public hub::application
{
public:
    // `who` outlives it.
    application(rules allowed, authentication& who);

    // The hub it sends through; set once, before clients come.
    void set_hub(hub::hub& h) noexcept { hub_ = &h; }

    // Before the hub ends.
    void stop() { expiries_.stop(); }

    // From here on. From any thread, one at a time.
    void set_rules(rules allowed);

    // Ends the client then: its token expires. From any thread.
    void expire(const client_id& client, expiries::instant at) { expiries_.set(client, at); }

private:
    void authenticate(const authenticate_request& request, reply<identity> answer) override;
    void validate_rooms(const join_request& request, reply<allowed_rooms> answer) override;
    void client_connected(const client& who) override;
    void client_disconnected(const client& who) override;
    void message(const cresset::message& received) override;

    void publish(const client& from, std::string_view data, const rules& now);
    void refuse(const client& from, std::string_view why);

    const rules& allowed() const noexcept { return *rules_; }

    // Threads may read old ones at any moment, and reloads are rare: all are kept.
    std::deque<rules> all_rules_;
    std::atomic<const rules*> rules_;

    authentication& authentication_;
    hub::hub* hub_ = nullptr;
    expiries expiries_;
};

} // namespace cresset::standalone
