#include "hub/shard.hpp"

#include "hub/hub.hpp"
#include "protocol/json_member.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <mutex>
#include <utility>

namespace cresset::hub {

shard::shard(hub& h, unsigned index, net::connection_set& connections)
    : hub_(h),
      index_(index),
      connections_(connections),
      ids_(index, h.shard_count()),
      line_(std::make_shared<lifeline>(*this)),
      outbound_(*this, h.settings().transforms_max, h.settings().transform_timeout),
      room_keys_(*this),
      deflating_(h.settings().deflate, counters_.messages_deflated),
      budget_(h.waiting()),
      groups_(*this),
      by_id_(0, id_hash{{sessions_}}, id_equal{{sessions_}})
{
    loop().add_first(*this); // before the connections write
}

shard::~shard()
{
    assert(sessions_.size() == 0 && "the connection set goes first, and takes the sessions along");
}

void shard::accept(net::connection& c, std::span<char> rest, const base::ip_address& from,
                   ws::deflate_parameters deflate)
{
    assert(in_thread());
    session& s = create(c, from, deflate);
    counters_.sessions.add();
    c.set_handler(s);
    s.begin();
    if (log().enabled(base::log_level::debug))
        log().debug("client connected",
                    {{"client", s.id().to_string()}, {"address", s.peer().to_string()}});
    if (closing_)
        s.close(closing_code_, closing_reason_);
    if (!rest.empty())
        s.on_data(rest);
}

void shard::deliver(const shared_delivery& message)
{
    assert(in_thread());
    if (groups_.members(message->key()).empty())
        return;
    // A transform is the application's, which may do anything.
    const bool alone = message->text != nullptr;
    if (!run_.empty() && (alone || !run_.fits(*message)))
        finish_run();
    run_.add(message);
    if (alone)
        finish_run();
    else
        loop().go_on(); // the end of this turn may be over for us
}

// What was sent before goes first: called before anything else is sent, and before anybody comes,
// goes or changes.
void shard::finish_run()
{
    if (run_.empty())
        return;
    std::swap(run_, leaving_); // fan_out calls this again
    fan_out(leaving_);
    const bool transformed = leaving_.messages().front()->text != nullptr;
    leaving_.clear();
    if (transformed) // by the application, which may send more
        outbound_.pump();
}

bool shard::on_turn_end()
{
    finish_run();
    return false;
}

void shard::fan_out(const message_run& run)
{
    const delivery& first = *run.messages().front();
    for (const base::client_id& id : first.exclude)
        if (session* s = find(id))
            s->excluded_ = true;
    std::vector<routed>& messages = routed_;
    for (const shared_delivery& message : run.messages())
        messages.emplace_back(*message);
    const bool many = messages.size() > 1;
    for (const std::uint32_t slot : groups_.members(first.key())) {
        session& s = sessions_[slot];
        if (s.excluded_ || (many && s.queue_all(joined(run, s), messages.size())))
            continue;
        for (routed& message : messages)
            deliver(s, message);
    }
    messages.clear();
    joined_ = {};
    for (const base::client_id& id : first.exclude)
        if (session* s = find(id))
            s->excluded_ = false;
}

// The run's messages as the session gets them, one behind the other: made for the first.
const net::segment_ref& shard::joined(const message_run& run, const session& s)
{
    const unsigned window = s.deflates() && !s.deflates_in_context() ? s.window_bits() : 0;
    net::segment_ref& made = joined_[window];
    if (made)
        return made;
    if (window == 0)
        return made = run.joined();
    const auto frame_of = [&](std::size_t i) {
        return routed_[i].plain().deflated(window, deflating_)->bytes();
    };
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < routed_.size(); ++i)
        bytes += frame_of(i).size();
    return made = run.joined(bytes, frame_of);
}

void shard::deliver(session& s, routed& message)
{
    if (s.room_keys_ && message.about.kind == group_kind::room)
        deliver_sealed(s, message);
    else
        s.deliver(message.plain(), message.about.text);
}

// Under the room's key: sealed for the first, and for all.
void shard::deliver_sealed(session& s, routed& message)
{
    if (!message.sealed) {
        auto [frame, without_key] =
            room_keys_.seal(message.about.name, ws::payload_of(message.about.frame));
        message.sealed.emplace(std::move(frame), message.about);
        message.without_key.assign(without_key.begin(), without_key.end());
    }
    if (std::ranges::binary_search(message.without_key, s.slot()))
        s.drop_message(*message.sealed);
    else
        s.queue(*message.sealed);
}

void shard::deliver_to(const base::client_id& id, const delivery& message)
{
    assert(in_thread());
    session* s = find(id);
    if (!s)
        return;
    finish_run();
    outgoing plain(net::segment::copy_of(message.frame), message);
    s->deliver(plain, message.text);
    if (message.text)
        outbound_.pump();
}

session* shard::find(const base::client_id& id) noexcept
{
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &sessions_[*found];
}

void shard::close_all(ws::close_code code, std::string_view reason)
{
    assert(in_thread());
    closing_ = true;
    closing_code_ = code;
    closing_reason_ = reason;
    sessions_.for_each([&](session& s, auto) { s.close(code, reason); });
}

void shard::depart(std::chrono::milliseconds over)
{
    assert(in_thread());
    departure_ = std::make_unique<departure>(*this, over);
}

void shard::tell_of_departure(session& s)
{
    if (departure_)
        departure_->tell_newcomer(s);
}

std::vector<base::slab<session>::handle> shard::authenticated() const
{
    std::vector<base::slab<session>::handle> found;
    found.reserve(sessions_.size());
    sessions_.for_each([&](const session& s, auto at) {
        if (s.state() == client_state::authenticated)
            found.push_back(at);
    });
    return found;
}

bool shard::join(session& s, const group_key& key)
{
    finish_run();
    std::unique_lock lock(registry_);
    const bool joined = groups_.join(s.slot(), key);
    lock.unlock();
    if (joined && s.room_keys_ && key.kind == group_kind::room)
        room_keys_.on_joined(key.name, s.slot());
    return joined;
}

bool shard::leave(session& s, const group_key& key)
{
    finish_run();
    std::unique_lock lock(registry_);
    const bool left = groups_.leave(s.slot(), key);
    lock.unlock();
    if (left && s.room_keys_ && key.kind == group_kind::room)
        room_keys_.on_left(key.name);
    return left;
}

void shard::set_state(session& s, client_state state)
{
    const std::unique_lock lock(registry_);
    s.state_ = state;
}

void shard::set_identity(session& s, bool named, boost::json::value metadata)
{
    std::unique_ptr<boost::json::value> kept;
    if (!metadata.is_null())
        kept = std::make_unique<boost::json::value>(std::move(metadata));
    {
        const std::unique_lock lock(registry_);
        s.state_ = client_state::authenticated;
        s.named_ = named;
        s.metadata_.swap(kept);
    }
}

void shard::set_encrypted(session& s)
{
    finish_run();
    const std::unique_lock lock(registry_);
    s.encrypted_ = true;
}

void shard::count_refused_joins(const session& s, std::size_t rooms)
{
    counters_.refused_joins.add(rooms);
    if (log().enabled(base::log_level::debug))
        log().debug(
            "join refused",
            {{"client", s.id().to_string()}, {"address", s.peer().to_string()}, {"rooms", rooms}});
}

void shard::count_over_rate(const session& s)
{
    counters_.closed_over_rate.add();
    if (const auto held_back = over_rate_lines_.take(loop().now_ms()))
        log().warn("a client sent more than it may, and was closed",
                   {{"client", s.id().to_string()},
                    {"address", s.peer().to_string()},
                    {"user", s.user_id()},
                    {"others_since", *held_back}});
}

bool shard::is_full_user(std::string_view user_id) const
{
    const std::size_t max = settings().clients_a_user_max;
    return max != 0 && hub_.count({broker::target_kind::user, user_id}) >= max;
}

bool shard::is_full_room(std::string_view room) const
{
    const std::size_t max = settings().clients_a_room_max;
    return max != 0 && hub_.count({broker::target_kind::room, room}) >= max;
}

void shard::shed()
{
    assert(in_thread());
    std::vector<std::pair<std::size_t, base::slab<session>::handle>> slow;
    std::size_t waiting = 0;
    sessions_.for_each([&](const session& s, auto at) {
        if (const std::size_t bytes = s.waiting_bytes(); bytes != 0) {
            slow.emplace_back(bytes, at);
            waiting += bytes;
        }
    });
    std::ranges::sort(slow, std::greater{}, [](const auto& each) { return each.first; });
    std::size_t freed = 0;
    std::size_t closed = 0;
    for (; closed < slow.size() && freed < waiting / 4; ++closed) {
        freed += slow[closed].first;
        if (session* s = find(slow[closed].second))
            s->drop();
    }
    counters_.closed_for_memory.add(closed);
    if (closed != 0)
        log().warn("memory runs out: the slowest clients were cut off",
                   {{"clients", closed}, {"bytes_that_waited", freed}});
}

session& shard::create(net::connection& c, const base::ip_address& from,
                       ws::deflate_parameters deflate)
{
    const std::unique_lock lock(registry_);
    session& s = sessions_.create(*this, c, from, deflate);
    by_id_.insert(s.slot());
    return s;
}

void shard::forget(session& s)
{
    if (s.state_ == client_state::disconnected)
        return;
    finish_run();
    withdraw(s);
    const bool was_authenticated = s.state_ == client_state::authenticated;
    if (was_authenticated)
        counters_.authenticated.subtract();
    counters_.sessions.subtract();
    const std::string user(user_of(s));
    if (s.room_keys_)
        for (const std::string& room : groups_.names_of(s.slot(), group_kind::room))
            room_keys_.on_left(room);
    {
        const std::unique_lock lock(registry_);
        s.state_ = client_state::disconnected;
        by_id_.erase(s.id());
        groups_.leave_all(s.slot());
    }
    if (log().enabled(base::log_level::debug))
        log().debug(
            "client disconnected",
            {{"client", s.id().to_string()}, {"address", s.peer().to_string()}, {"user", user}});
    guarded("client_disconnected", [&] {
        app().client_disconnected({s.id(),
                                   s.named_ ? std::optional<std::string_view>(user) : std::nullopt,
                                   s.metadata_.get(), s.encrypted(), &s.peer()});
    });
}

void shard::destroy(session& s)
{
    hub_.addresses().leave(s.peer());
    const std::unique_lock lock(registry_);
    sessions_.destroy(s.slot());
}

void shard::begin_room_keys(session& s)
{
    finish_run();
    s.room_keys_ = true;
    for (const std::string& room : groups_.names_of(s.slot(), group_kind::room))
        room_keys_.on_joined(room, s.slot());
}

bool shard::needs_credentials(std::string_view credentials) const
{
    if (encrypts())
        return !protocol::find_member(credentials, "publicKey").empty();
    return settings().require_encryption;
}

bool shard::encrypts() const noexcept
{
    return settings().key_agreement && !hub_.app().has_handshake();
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

} // namespace cresset::hub
