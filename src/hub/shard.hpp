#pragma once

#include "base/client_id.hpp"
#include "base/log.hpp"
#include "base/log_limit.hpp"
#include "base/slab.hpp"
#include "base/unique_function.hpp"
#include "broker/broker.hpp"
#include "hub/application.hpp"
#include "hub/counters.hpp"
#include "hub/deflating_tools.hpp"
#include "hub/delivery.hpp"
#include "hub/departure.hpp"
#include "hub/group.hpp"
#include "hub/message_run.hpp"
#include "hub/options.hpp"
#include "hub/outgoing.hpp"
#include "hub/queue_budget.hpp"
#include "hub/room_keys.hpp"
#include "hub/session.hpp"
#include "hub/transforms.hpp"
#include "net/connection_set.hpp"
#include "protocol/event_reader.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::hub {

class hub;

// All that belongs to one core: its sessions, its rooms, its users. Only its loop's thread touches
// it, but for what says otherwise.
class shard final : private group_table::owner, private net::turn_end
{
public:
    shard(hub& h, unsigned index, net::connection_set& connections);
    ~shard();
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    // Makes a session of a connection that has just been upgraded. rest came behind the handshake,
    // in which that of permessage-deflate was agreed on.
    void accept(net::connection& c, std::span<char> rest, const base::ip_address& from,
                ws::deflate_parameters deflate = {});

    // From any thread: runs f here, at once if this is the shard's thread.
    template <std::invocable Function>
    void run(Function f)
    {
        if (in_thread())
            f();
        else
            loop().post(std::move(f));
    }

    bool in_thread() const noexcept { return connections_.loop().in_loop_thread(); }

    // To the group's members here, but those excluded.
    void deliver(const shared_delivery& message);

    // What has been given to deliver leaves now, not at the end of the turn.
    void finish_run();

    // To one client, in any state.
    void deliver_to(const base::client_id& id, const delivery& message);

    // nullptr once the session is gone.
    session* find(base::slab<session>::handle at) noexcept { return sessions_.find(at); }
    session* find(const base::client_id& id) noexcept;

    bool join(session& s, const group_key& key);
    bool leave(session& s, const group_key& key);

    // From any thread: tells the directory of a room that is about to have a member here. What
    // joins it, or doesn't, then has to be join_expected, with nullptr if nobody joins.
    void expect(std::string_view room);
    void join_expected(session* s, std::string_view room);

    // Tells the other nodes of a client that is about to be authenticated, until forget. Of its
    // user and first rooms the groups tell when it has joined them, and this no longer has to.
    void announce(session& s, const identity& who);
    void withdraw(const identity& who);

    // Calls then(shard&, session&) when messages from elsewhere come here for all that other nodes
    // have been told of by this thread: at once, or in a coming turn, if the session is still
    // there.
    void when_settled(session& s, base::unique_function<void(shard&, session&)> then);

    void set_state(session& s, client_state state);
    void set_identity(session& s, bool named, boost::json::value metadata); // and authenticated
    void set_encrypted(session& s);
    std::size_t groups_of(const session& s) const noexcept { return s.memberships_.size(); }
    std::string_view user_of(const session& s) const noexcept
    {
        return groups_.name_of(s.slot(), group_kind::user);
    }

    // A line in the log, and counted: names that the client may not join.
    void count_refused_joins(const session& s, std::size_t rooms);

    // The same for a client that sends more than it may.
    void count_over_rate(const session& s);

    // Whether there are as many clients as may be: of a user, or of a room by their own wish.
    bool is_full_user(std::string_view user_id) const;
    bool is_full_room(std::string_view room) const;

    // Cuts off the slowest clients, until a quarter of what waits for all is gone.
    void shed();

    // What other threads may ask, too: each answer was true at one moment.
    bool has_client(const base::client_id& id) const;
    bool is_member(const base::client_id& id, const group_key& key) const;
    std::size_t count(const group_key& key, const client_ids& exclude = {}) const;
    std::optional<client_info> describe(const base::client_id& id) const;
    void describe_all(std::vector<client_info>& into) const;
    void describe_members(const group_key& key, std::vector<client_info>& into) const;

    // Closes every client; new ones are closed as they come.
    void close_all(ws::close_code code, std::string_view reason);

    // The same one by one, spread over a while: see departure. Those let in meanwhile hear of it.
    void depart(std::chrono::milliseconds over);
    void tell_of_departure(session& s);

    std::vector<base::slab<session>::handle> authenticated() const;

    // Calls the application; an exception is logged, and false returned.
    template <std::invocable Function>
    bool guarded(std::string_view what, Function call) noexcept
    {
        return guarded(std::move(call), [&](std::string_view error) { log_failure(what, error); });
    }

    // The same, but what an exception says is given to failed.
    template <std::invocable Function, std::invocable<std::string_view> Listener>
    static bool guarded(Function call, Listener failed) noexcept
    {
        try {
            call();
            return true;
        } catch (const std::exception& error) {
            failed(error.what());
        } catch (...) {
            failed("an exception of an unknown type");
        }
        return false;
    }

    // From here on the session gets the keys of its rooms, also of those that it is in already.
    void begin_room_keys(session& s);

    // Whether the client's credentials are wanted once more when it has been authenticated.
    bool needs_credentials(std::string_view credentials) const;

    // Whether the hub encrypts by itself what clients with a public key are sent.
    bool encrypts() const noexcept;

    session& at(std::uint32_t slot) noexcept { return sessions_[slot]; }
    const std::vector<std::uint32_t>& members(const group_key& key) const noexcept
    {
        return groups_.members(key);
    }

    // Whoever uses them has done with it before anything is called.
    sealing_tools& sealing() noexcept { return sealing_; }

    deflating_tools& deflating() noexcept { return deflating_; }

    // What may wait for its slow clients.
    budget_share& budget() noexcept { return budget_; }

    // What a client has encrypted, while it is dispatched.
    std::string& opened() noexcept { return opened_; }

    const options& settings() const noexcept;
    application& app() noexcept;
    base::log& log() noexcept;
    protocol::event_reader& reader() noexcept { return reader_; }
    transforms& outbound() noexcept { return outbound_; }
    const std::shared_ptr<lifeline>& line() const noexcept { return line_; }
    counters& counts() noexcept { return counters_; }
    const counters& counts() const noexcept { return counters_; }
    net::event_loop& loop() noexcept { return connections_.loop(); }
    const net::event_loop& loop() const noexcept { return connections_.loop(); }
    net::connection_set& connections() noexcept { return connections_; }

private:
    friend class session;

    base::client_id new_id() { return ids_.next(); }
    session& create(net::connection& c, const base::ip_address& from,
                    ws::deflate_parameters deflate);
    void forget(session& s);  // no longer a client
    void destroy(session& s); // its connection is gone

    client_info describe(const session& s) const;
    std::chrono::system_clock::time_point wall_time(std::chrono::milliseconds ago) const;

    // A message on its way to a group's members: in the forms that some of them need.
    struct routed
    {
        explicit routed(const delivery& message) noexcept : about(message) {}

        outgoing& plain()
        {
            if (!plain_)
                plain_.emplace(net::segment::copy_of(about.frame), about);
            return *plain_;
        }

        const delivery& about;
        std::optional<outgoing> sealed;         // under the room's key
        std::vector<std::uint32_t> without_key; // see room_keys

    private:
        std::optional<outgoing> plain_;
    };

    bool on_turn_end() override;
    void fan_out(const message_run& run);
    const net::segment_ref& joined(const message_run& run, const session& s);
    void deliver(session& s, routed& message);
    void deliver_sealed(session& s, routed& message);

    void log_failure(std::string_view what, std::string_view error) noexcept;

    memberships& memberships_of(std::uint32_t slot) noexcept override;
    void on_group_added(const group_key& key) override;
    void on_group_removed(const group_key& key) override;

    void withdraw(session& s); // whatever it was announced with

    // Sessions are found by their ids, which stay in them.
    struct id_of
    {
        const base::slab<session>& sessions;
        const base::client_id& operator()(const base::client_id& id) const noexcept { return id; }
        const base::client_id& operator()(std::uint32_t slot) const noexcept
        {
            return sessions[slot].id();
        }
    };
    struct id_hash
    {
        using is_transparent = void;
        using is_avalanching = void;
        id_of id;
        std::size_t operator()(const auto& of) const noexcept
        {
            return base::client_id_hash()(id(of));
        }
    };
    struct id_equal
    {
        using is_transparent = void;
        id_of id;
        bool operator()(const auto& a, const auto& b) const noexcept { return id(a) == id(b); }
    };

    hub& hub_;
    unsigned index_;
    net::connection_set& connections_;
    base::client_id_generator ids_;
    protocol::event_reader reader_;
    counters counters_;
    bool closing_ = false;
    ws::close_code closing_code_{};
    std::string closing_reason_;
    std::shared_ptr<lifeline> line_;
    transforms outbound_;
    room_keys room_keys_;
    sealing_tools sealing_;
    deflating_tools deflating_;
    std::string opened_;
    message_run run_;     // of this turn
    message_run leaving_; // kept for their memory, as the next
    std::vector<routed> routed_;
    std::array<net::segment_ref, 1 + ws::window_bits_max> joined_; // by the window; 0: plain
    budget_share budget_;
    base::log_limit over_rate_lines_;
    std::unique_ptr<departure> departure_; // once it has begun

    // Which sessions there are, their states, groups and metadata: changed by this shard's thread
    // under the lock, and so read by it without, and by other threads under a shared one. Nothing
    // of the application's is called with it held.
    mutable std::shared_mutex registry_;
    group_table groups_;
    mutable base::slab<session> sessions_;
    boost::unordered_flat_set<std::uint32_t, id_hash, id_equal> by_id_; // slots
};

} // namespace cresset::hub
