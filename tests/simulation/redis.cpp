#include "simulation/redis.hpp"

#include "protocol/node_message_writer.hpp"
#include "simulation/broken.hpp"

#include <cstdlib>

namespace cresset::simulation {

using cresset::broker::node_message;
using cresset::broker::publish_status;
using cresset::broker::target_kind;

namespace {

parcel take_front(std::deque<parcel>& from)
{
    parcel front = std::move(from.front());
    from.pop_front();
    return front;
}

std::uint64_t number_of(std::string_view payload)
{
    static constexpr std::string_view before = "{\"n\":";
    const std::size_t at = payload.find(before);
    return at == payload.npos ? 0 : std::strtoull(payload.data() + at + before.size(), nullptr, 10);
}

} // namespace

// --- a node's connections ---

publish_status node_link::publish(const node_message& message)
{
    parcel p{parcel::kind::publish,
             server_.channels_.of(message.kind, message.target),
             protocol::write_node_message(message),
             {}};
    if (ready_) {
        publishing_.push_back(std::move(p));
        return publish_status::handed;
    }
    waiting_.push_back(std::move(p));
    if (waiting_.size() <= waiting_max)
        return publish_status::waiting;
    server_.lose(*this, take_front(waiting_));
    return publish_status::lost;
}

void node_link::add_interest(target_kind kind, std::string_view name)
{
    change(server_.channels_.of(kind, name), 1);
}

void node_link::remove_interest(target_kind kind, std::string_view name)
{
    change(server_.channels_.of(kind, name), -1);
}

void node_link::change(const std::string& channel, int by)
{
    int& count = interest_[channel];
    const bool before = count > 0;
    count += by;
    const bool after = count > 0;
    if (count == 0)
        interest_.erase(channel);
    if (connected_ && before != after)
        subscribing_.push_back(
            {after ? parcel::kind::subscribe : parcel::kind::unsubscribe, channel, {}, {}});
}

void node_link::when_settled(base::unique_function<void()> then)
{
    if (ready_)
        subscribing_.push_back({parcel::kind::marker, {}, {}, std::move(then)});
    else
        then();
}

void node_link::cut(dice& chance)
{
    connected_ = ready_ = false;
    subscribed_.clear();
    // Some of what was on its way has come there.
    for (std::size_t sent = chance.below(publishing_.size() + 1); sent > 0; --sent)
        server_.serve(this, take_front(publishing_));
    for (const parcel& p : std::exchange(publishing_, {}))
        server_.lose(*this, p);
    std::deque<parcel> told = std::exchange(subscribing_, {});
    for (parcel& p : std::exchange(arriving_, {})) {
        if (p.what == parcel::kind::publish)
            server_.note(p.payload, index_, fate::lost);
        else
            told.push_back(std::move(p));
    }
    for (parcel& p : told)
        if (p.then)
            p.then();
}

void node_link::heal()
{
    connected_ = true;
    subscribing_.push_back({parcel::kind::subscribe, redis::everybody, {}, {}});
    for (const auto& [channel, count] : interest_)
        if (count > 0)
            subscribing_.push_back({parcel::kind::subscribe, channel, {}, {}});
    subscribing_.push_back({parcel::kind::marker, {}, {}, [this] {
                                ready_ = connected_;
                                while (ready_ && !waiting_.empty())
                                    publishing_.push_back(take_front(waiting_));
                            }});
}

void node_link::arrive(parcel p)
{
    if (p.what == parcel::kind::marker) {
        p.then();
        return;
    }
    server_.note(p.payload, index_, node_ ? fate::delivered : fate::lost);
    if (!node_ || protocol::carries_server_id(p.payload, node_->server_id()))
        return;
    const auto message = reader_.read(p.payload);
    require(message.value.has_value(), "nodes understand each other: " + p.payload);
    node_->on_node_message(*message.value);
}

// --- Redis ---

redis::redis(unsigned nodes)
{
    for (unsigned i = 0; i < nodes; ++i) {
        links_.push_back(std::make_unique<node_link>(*this, i));
        links_.back()->subscribed_.insert(everybody);
    }
}

void redis::emit(const node_message& message)
{
    emitted_.push_back({parcel::kind::publish,
                        channels_.of(message.kind, message.target),
                        protocol::write_node_message(message),
                        {}});
}

bool redis::step(dice& chance)
{
    struct way
    {
        std::deque<parcel>* queue;
        node_link* link;
    };
    std::vector<way> busy;
    if (!emitted_.empty())
        busy.push_back({&emitted_, nullptr});
    for (const auto& link : links_)
        for (auto* queue : {&link->publishing_, &link->subscribing_, &link->arriving_})
            if (!queue->empty())
                busy.push_back({queue, link.get()});
    if (busy.empty())
        return false;
    const way chosen = chance.pick(busy);
    parcel p = take_front(*chosen.queue);
    if (chosen.link && chosen.queue == &chosen.link->arriving_)
        chosen.link->arrive(std::move(p));
    else
        serve(chosen.link, std::move(p));
    return true;
}

void redis::serve(node_link* from, parcel p)
{
    switch (p.what) {
    case parcel::kind::publish:
        publish(from, p);
        break;
    case parcel::kind::subscribe:
        from->subscribed_.insert(p.channel);
        break;
    case parcel::kind::unsubscribe:
        from->subscribed_.erase(p.channel);
        break;
    case parcel::kind::marker:
        from->arriving_.push_back(std::move(p));
        break;
    }
}

void redis::publish(const node_link* from, const parcel& p)
{
    for (const auto& link : links_) {
        if (link.get() == from) // would be dropped there
            continue;
        if (link->connected_ && link->subscribed_.contains(p.channel)) {
            link->arriving_.push_back({parcel::kind::publish, p.channel, p.payload, {}});
            note(p.payload, link->index_, fate::under_way);
        } else {
            note(p.payload, link->index_, link->ready_ ? fate::unwanted : fate::lost);
        }
    }
}

void redis::note(const std::string& payload, unsigned node, fate what)
{
    fates_[{number_of(payload), node}] = what;
}

void redis::lose(const node_link& from, const parcel& p)
{
    for (const auto& link : links_)
        if (link.get() != &from)
            note(p.payload, link->index_, fate::lost);
}

fate redis::fate_of(std::uint64_t n, unsigned node) const
{
    const auto found = fates_.find({n, node});
    return found == fates_.end() ? fate::under_way : found->second;
}

} // namespace cresset::simulation
