#pragma once

#include "simulation/dice.hpp"
#include "simulation/model.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::simulation {

// What happens to a fleet, all of it chosen by one seed: clients come, say this and that, read or
// don't, and go; nodes send, stop, and lose Redis; time passes. The model looks on.
class history
{
public:
    // A line for each step goes to the trace, if there is one.
    history(std::uint64_t seed, std::ostream* trace);

    // Throws broken if something is not as the model has it.
    void run();

    std::map<std::string, std::uint64_t> take_census() { return model_.take_census(); }

private:
    using action = void (history::*)();

    struct weighted
    {
        action act;
        std::size_t weight;
    };
    static const std::vector<weighted>& actions();

    static world::shape random_shape(dice& chance);
    void begin();
    void pass_time();
    void batch();
    void act();
    void end_all();
    void note(const std::string& line);

    // --- clients: history_clients.cpp ---
    void connect();
    void authenticate();
    void join();
    void leave();
    void say();
    void make_noise();
    void misbehave();
    void close();
    void finish();
    void drop();
    void read_or_not();

    // --- nodes: history_nodes.cpp ---
    void send();
    void send_much();
    void route();
    void emit();
    void join_by_node();
    void leave_by_node();
    void disconnect();
    void answer_identity();
    void answer_join();
    void lag();
    void cut();
    void heal();
    void stop();
    void stop_slowly();

    // --- one after the other: history_timing.cpp ---
    void count_on_it();
    void count_on_connected();
    void count_on_answer();
    void count_on_join_by_node();
    void catch_up();
    void emit_once(record& c, const std::function<bool()>& is_told, const group& to);

    // Of those who are there and may say something; null if there are none.
    record* some_client(bool authenticated);
    unsigned some_node();
    std::string some_room();
    group some_group();
    sent some_message(int sender, unsigned node, group to, std::size_t pad_max);
    peer& end_of(const record& c) { return world_.client(c.number); }
    void authenticate_as(record& c, const std::string& user, const std::string& verdict);
    void join_rooms(record& c, std::vector<std::string> rooms);
    void say_message(record& c, sent m);
    void join_client(record& c, const std::string& room);
    void emit_to(const group& to);
    void tell(record& c, const std::string& event, const std::string& data);
    void end_by_itself(record& c);
    void send_by_node(sent m);

    dice chance_;
    std::ostream* trace_;
    const world::shape shape_;
    const bool heavy_; // queues are longer than what leaves them at a time
    world world_;
    model model_;

    std::size_t joins_asked_ = 0; // of nodes, to be told when they are done
    std::size_t joins_done_ = 0;

    // Of the last message made: what it was made of.
    struct
    {
        std::string event;
        std::string data;
        std::vector<base::client_id> exclude;
    } made_;
};

} // namespace cresset::simulation
