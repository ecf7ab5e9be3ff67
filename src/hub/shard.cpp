#include "hub/shard.hpp"

#include "hub/hub.hpp"

#include <cassert>
#include <exception>

namespace cresset::hub {

shard::shard(hub& h, unsigned index, net::connection_set& connections)
    : hub_(h), index_(index), connections_(connections), ids_(index, h.shard_count()),
      groups_(*this)
{}

shard::~shard()
{
    assert(sessions_.size() == 0 && "the connection set goes first, and takes the sessions along");
}

void shard::accept(net::connection& c, std::span<char> rest)
{
    assert(in_thread());
    session& s = sessions_.create(*this, c);
    by_id_.emplace(s.id(), s.slot());
    counters_.sessions.add();
    c.set_handler(s);
    c.set_deadline(settings().auth_timeout);
    if (log().enabled(base::log_level::debug))
        log().debug("client connected", {{"client", s.id().to_string()}});
    if (closing_)
        s.close(closing_code_, closing_reason_);
    if (!rest.empty())
        s.on_data(rest);
}

void shard::deliver(const delivery& message)
{
    assert(in_thread());
    const auto& members = groups_.members(message.key());
    if (members.empty())
        return;
    for (const base::client_id& id : message.exclude)
        if (session* s = find(id))
            s->excluded_ = true;
    const net::segment_ref frame = net::segment::copy_of(message.frame);
    for (const std::uint32_t slot : members) {
        session& s = sessions_[slot];
        if (!s.excluded_)
            s.deliver(frame);
    }
    for (const base::client_id& id : message.exclude)
        if (session* s = find(id))
            s->excluded_ = false;
}

void shard::send_to_client(const base::client_id& id, std::string_view frame)
{
    assert(in_thread());
    if (session* s = find(id); s && s->state() == session_state::authenticated)
        s->deliver(net::segment::copy_of(frame));
}

session* shard::find(const base::client_id& id) noexcept
{
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &sessions_[found->second];
}

void shard::close_all(ws::close_code code, std::string_view reason)
{
    assert(in_thread());
    closing_ = true;
    closing_code_ = code;
    closing_reason_ = reason;
    sessions_.for_each([&](session& s, auto) { s.close(code, reason); });
}

void shard::forget(session& s)
{
    if (s.state_ == session_state::disconnected)
        return;
    if (s.state_ == session_state::authenticated)
        counters_.authenticated.subtract();
    s.state_ = session_state::disconnected;
    counters_.sessions.subtract();
    by_id_.erase(s.id());
    const std::string user(user_of(s));
    groups_.leave_all(s.slot());
    if (log().enabled(base::log_level::debug))
        log().debug("client disconnected", {{"client", s.id().to_string()}, {"user", user}});
    guarded("client_disconnected", [&] { app().client_disconnected({s.id(), user}); });
}

void shard::destroy(session& s)
{
    sessions_.destroy(s.slot());
}

const options& shard::settings() const noexcept
{
    return hub_.settings();
}

application& shard::app() noexcept
{
    return hub_.app();
}

base::log& shard::log() noexcept
{
    return hub_.log();
}

void shard::log_failure(std::string_view what, std::string_view error) noexcept
{
    log().error("a handler of the application failed", {{"handler", what}, {"error", error}});
}

memberships& shard::memberships_of(std::uint32_t slot) noexcept
{
    return sessions_[slot].memberships_;
}

void shard::on_group_added(const group_key& key)
{
    if (key.kind != group_kind::everyone)
        hub_.names().add(key, index_);
}

void shard::on_group_removed(const group_key& key)
{
    if (key.kind != group_kind::everyone)
        hub_.names().remove(key, index_);
}

} // namespace cresset::hub
