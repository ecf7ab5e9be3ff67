#pragma once

#include "simulation/record.hpp"
#include "simulation/world.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::simulation {

// PROTOCOL.md in short: who is in what, who is to get which message, who has to go when, and for
// what. Actions tell it what they do; settle then lets the world come to rest, and compares.
//
// What is done between two settles is a batch. Of a message and of a change in the same batch only
// what one actor did at one node has an order; of what others did meanwhile the message may be on
// either side. So a batch of one action leaves nothing open.
class model
{
public:
    model(world& w, const world::shape& shape);

    // --- told by actions ---

    record& add_client(unsigned node, unsigned shard);
    std::uint64_t next() noexcept { return ++last_n_; }
    void send(sent m);
    void change_of(record& c, int by, std::optional<group> of, bool enters);
    void reply(record& c, int by, const std::string& text);
    void effect(record& c, int by, tally& of, std::uint64_t count);
    void said_message(record& c);

    // What was done to the client is done for everybody from here on.
    void confirm(record& c);

    // The client goes for that reason, before the batch has ended.
    void end(record& c, int by, unsigned code, std::string reason);
    void stop(unsigned node, std::uint64_t spread_ms);
    bool stopping(unsigned node) const { return stopping_.contains(node); }

    // Authenticated from the end of this batch on.
    void admit(record& c, const std::string& user);

    // --- and then ---

    void settle();

    // The same, with time that passes while nobody does anything.
    void pass(std::uint64_t ms);

    // Once all clients that are left have read everything.
    void check_losses() const;

    // Once all clients are gone.
    void check_nothing_remains();

    // What was seen, by name.
    std::map<std::string, std::uint64_t> take_census();

    std::vector<std::unique_ptr<record>>& clients() noexcept { return clients_; }
    const hub::options& settings() const noexcept { return shape_.settings; }

    struct
    {
        tally received;
        tally refused_joins;
        tally without_event;
    } counted;

    // Timers, and what happened in a batch, may be late by so much.
    static constexpr std::uint64_t slack_ms = 100;

private:
    enum class answer : std::uint8_t
    {
        never,
        may,
        must
    };

    answer expects(const sent& m, const record& c, bool in_order = true) const;
    void compare();
    void note_said();
    void observe();
    void notice_end(record& c);
    void open_books();
    void owe_messages(unsigned node);
    void owe_message(const sent& m, unsigned node);
    void owe_replies(record& c);
    void check_result(const sent& m) const;
    void note_budget(unsigned node);
    void read_frames(record& c);
    void check_counts() const;
    void check_reason(record& c);
    void check_end(record& c);
    void resolve(record& c);
    void check_connected(const record& c, const client_info& info) const;
    void check_rooms(record& c, const client_info& info);
    bool leaves_slowly(unsigned node) const;
    std::vector<ending> due(const record& c) const;
    std::uint64_t counted_by_nodes(std::uint64_t hub::totals::*of) const;
    std::uint64_t now() const { return world_.time().now_ms(); }

    world& world_;
    const world::shape shape_;
    std::vector<std::unique_ptr<record>> clients_;
    std::vector<sent> sent_;
    std::uint64_t last_n_ = 0;
    std::map<unsigned, ending> stopping_;     // how its clients end
    std::map<std::string, client_info> seen_; // at this batch's end, by address
    std::map<std::string, std::uint64_t> census_;
};

} // namespace cresset::simulation
