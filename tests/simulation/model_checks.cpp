// What has to be counted where somebody did not get something, and what is left in the end.

#include "simulation/broken.hpp"
#include "simulation/model.hpp"

#include <array>
#include <utility>

namespace cresset::simulation {

using protocol::target_kind;

namespace {

using totals_member = std::uint64_t hub::totals::*;

// Of a message that a client has lost while it was there.
constexpr std::array<std::pair<const char*, totals_member>, 4> causes{
    {{"dropped_slow_client", &hub::totals::dropped_slow_client},
     {"dropped_oldest", &hub::totals::dropped_oldest},
     {"dropped_superseded", &hub::totals::dropped_superseded},
     {"dropped_queue_memory", &hub::totals::dropped_queue_memory}}};

void fits(const std::string& what, ledger::sum expected, std::uint64_t actual)
{
    require(expected.must <= actual && actual <= expected.must + expected.may,
            what + ": counted " + std::to_string(actual) + ", expected " +
                std::to_string(expected.must) + " and up to " + std::to_string(expected.may) +
                " more");
}

} // namespace

std::uint64_t model::counted_by_nodes(totals_member of) const
{
    std::uint64_t all = 0;
    for (unsigned i = 0; i < world_.nodes(); ++i)
        all += world_.at(i).hub().count().*of;
    return all;
}

// All messages for a client were given to its connection, or counted with a reason not to be.
void model::check_losses() const
{
    ledger::sum owed;
    ledger::sum missing;
    ledger::sum unread;
    for (const auto& c : clients_) {
        owed += c->books.all();
        missing += c->books.missing();
        unread += c->books.unread();
    }
    std::uint64_t dropped = 0;
    for (const auto& [name, of] : causes)
        dropped += counted_by_nodes(of);
    const std::uint64_t gone = counted_by_nodes(&hub::totals::dropped_gone);
    fits("messages_delivered and dropped", owed,
         counted_by_nodes(&hub::totals::messages_delivered) + dropped + gone);
    fits("dropped", {missing.must, missing.may + unread.must + unread.may}, dropped);
    fits("dropped_gone", {0, unread.must + unread.may}, gone);
    require(counted_by_nodes(&hub::totals::dropped_in_transit) == 0,
            "nothing is dropped between shards");
}

void model::check_nothing_remains()
{
    world_.require_empty();
    for (const auto& c : clients_) {
        const auto& all = world_.at(c->node).app().lives;
        const auto found = c->id.empty() ? all.end() : all.find(*base::client_id::parse(c->id));
        if (found == all.end()) {
            require(c->id.empty(),
                    "nobody was told of the end of client " + std::to_string(c->number));
            continue;
        }
        require(found->second.disconnected == 1, "the end of a client is told once");
        require(c->admitted ? found->second.connected == 1 : found->second.connected <= 1,
                "that a client is connected is told once");
    }
}

// What nodes count, and tell of a room, is what the model has of it.
void model::check_counts() const
{
    fits("messages_received", counted.received, counted_by_nodes(&hub::totals::messages_received));
    fits("refused_joins", counted.refused_joins, counted_by_nodes(&hub::totals::refused_joins));
    fits("dropped_no_event", counted.without_event,
         counted_by_nodes(&hub::totals::dropped_no_event));
    for (unsigned i = 0; i < world_.nodes(); ++i)
        for (const char* room : {"r0", "ws-default"}) {
            const group g{target_kind::room, room};
            std::size_t members = 0;
            for (const auto& c : clients_) {
                const bool in = c->node == i && !c->gone && c->in.contains(g);
                members += in ? 1 : 0;
                if (c->node == i && !c->id.empty())
                    require(world_.at(i).hub().is_member(*base::client_id::parse(c->id), room) ==
                                in,
                            "who is in " + g.name);
            }
            require(world_.at(i).hub().count({target_kind::room, room}) == members,
                    "how many are in " + g.name);
        }
}

std::map<std::string, std::uint64_t> model::take_census()
{
    census_["clients"] += clients_.size();
    for (const auto& c : clients_) {
        census_["messages received"] += c->books.taken();
        census_["gaps received"] += c->books.gaps();
        census_["clients authenticated"] += c->admitted ? 1 : 0;
    }
    for (const auto& [name, of] : causes)
        census_[name] += counted_by_nodes(of);
    census_["dropped_gone"] += counted_by_nodes(&hub::totals::dropped_gone);
    return std::move(census_);
}

} // namespace cresset::simulation
