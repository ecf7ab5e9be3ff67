#pragma once

#include "base/client_id.hpp"
#include "base/log.hpp"
#include "base/slab.hpp"
#include "hub/application.hpp"
#include "hub/counters.hpp"
#include "hub/delivery.hpp"
#include "hub/group.hpp"
#include "hub/options.hpp"
#include "hub/session.hpp"
#include "net/connection_set.hpp"
#include "protocol/event_reader.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace cresset::hub {

class hub;

// All that belongs to one core: its sessions, its rooms, its users. Only its loop's thread touches
// it, but for post, run and counters.
class shard final : private group_table::owner
{
public:
    shard(hub& h, unsigned index, net::connection_set& connections);
    ~shard();
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    // Makes a session of a connection that has just been upgraded. rest came behind the handshake.
    void accept(net::connection& c, std::span<char> rest);

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
    void deliver(const delivery& message);

    void send_to_client(const base::client_id& id, std::string_view frame);

    // nullptr once the session is gone.
    session* find(base::slab<session>::handle at) noexcept { return sessions_.find(at); }
    session* find(const base::client_id& id) noexcept;

    bool join(session& s, const group_key& key) { return groups_.join(s.slot(), key); }
    bool leave(session& s, const group_key& key) { return groups_.leave(s.slot(), key); }
    bool contains(const session& s, const group_key& key) const noexcept
    {
        return groups_.contains(s.slot(), key);
    }
    std::string_view user_of(const session& s) const noexcept
    {
        return groups_.name_of(s.slot(), group_kind::user);
    }

    // Closes every client; new ones are closed as they come.
    void close_all(ws::close_code code, std::string_view reason);

    // Calls the application; an exception is logged, and false returned.
    template <std::invocable Function>
    bool guarded(std::string_view what, Function call) noexcept
    {
        try {
            call();
            return true;
        } catch (const std::exception& error) {
            log_failure(what, error.what());
        } catch (...) {
            log_failure(what, "an exception of an unknown type");
        }
        return false;
    }

    const options& settings() const noexcept;
    application& app() noexcept;
    base::log& log() noexcept;
    protocol::event_reader& reader() noexcept { return reader_; }
    counters& counts() noexcept { return counters_; }
    const counters& counts() const noexcept { return counters_; }
    net::event_loop& loop() noexcept { return connections_.loop(); }
    const net::event_loop& loop() const noexcept { return connections_.loop(); }
    net::connection_set& connections() noexcept { return connections_; }

private:
    friend class session;

    base::client_id new_id() { return ids_.next(); }
    void forget(session& s);  // no longer a client
    void destroy(session& s); // its connection is gone

    void log_failure(std::string_view what, std::string_view error) noexcept;

    memberships& memberships_of(std::uint32_t slot) noexcept override;
    void on_group_added(const group_key& key) override;
    void on_group_removed(const group_key& key) override;

    hub& hub_;
    unsigned index_;
    net::connection_set& connections_;
    base::client_id_generator ids_;
    protocol::event_reader reader_;
    counters counters_;
    bool closing_ = false;
    ws::close_code closing_code_{};
    std::string closing_reason_;
    group_table groups_;
    boost::unordered_flat_map<base::client_id, std::uint32_t, base::client_id_hash> by_id_;
    base::slab<session> sessions_;
};

} // namespace cresset::hub
