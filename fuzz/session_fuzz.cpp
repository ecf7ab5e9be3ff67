// Whatever clients say, and whenever, their sessions stay within the protocol: every frame is well
// formed, every connection ends with a code that fits, and nothing of a client is left when it is
// gone. The input is a script, a line a step:
//
//     c0          client 0 connects (0 to 7; again, when it was there: dropped before)
//     s0BYTES     says these bytes, as they are
//     t0TEXT      says this in a text frame; b0TEXT: in a binary one
//     a0 j0 m0    authenticates, joins rooms, has 20 messages sent to one
//     r0 k0 e0 d0 reads or not, reads a little, finishes, drops
//     pX          time passes: 50 ms for each step of X from a space on
//     n l L o     a node sends much; late answers: yes, no; some of what is under way happens
//     x h q Q     Redis goes, comes back; a node stops, at once or slowly

#include "expect.hpp"
#include "protocol/event_reader.hpp"
#include "protocol/event_writer.hpp"
#include "simulation/broken.hpp"
#include "simulation/world.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;
using std::chrono::milliseconds;

constexpr std::size_t clients_max = 8;
constexpr std::size_t lines_max = 200;
constexpr int small_buffer_bytes = 2304;

hub::options small_limits()
{
    hub::options of;
    of.auth_timeout = milliseconds(500);
    of.heartbeat_interval = milliseconds(1'000);
    of.heartbeat_timeout = milliseconds(3'000);
    of.idle_timeout = milliseconds(2'000);
    of.frames.message_bytes_max = 600;
    of.queue_bytes_max = 6'000;
    of.event_policies = {{"chat", slow_client_policy::drop_oldest},
                         {"price", slow_client_policy::keep_latest, "k"},
                         {"order", slow_client_policy::close}};
    return of;
}

class script
{
public:
    void step(char what, std::string_view argument)
    {
        const std::size_t who = argument.empty() ? 0 : static_cast<std::size_t>(argument[0]) % 8;
        if (!argument.empty())
            argument.remove_prefix(1);
        switch (what) {
        case 'c':
            connect(who);
            break;
        case 'p':
            world_.pass(50 * (who + 1));
            break;
        case 'n':
            send_much();
            break;
        case 'o':
            world_.stir(who + 1);
            return; // the others let all happen
        case 'l':
        case 'L':
            answer(what == 'l');
            break;
        case 'x':
        case 'h':
        case 'q':
        case 'Q':
            strike(what, static_cast<unsigned>(who % 2));
            break;
        default:
            if (clients_[who])
                act(*clients_[who], what, argument);
        }
        world_.settle();
        check();
    }

    void end()
    {
        for (std::size_t i = 0; i < world_.clients(); ++i)
            world_.client(i).set_reading(true);
        world_.settle();
        check();
        for (std::size_t i = 0; i < world_.clients(); ++i)
            world_.client(i).drop();
        world_.pass(12'000);
        world_.require_empty();
    }

private:
    struct client
    {
        std::size_t number; // in the world
        bool connected = false;
        std::uint64_t last_n = 0; // of the node's messages
    };

    void connect(std::size_t who)
    {
        if (clients_[who])
            world_.client(clients_[who]->number).drop();
        clients_[who] = {world_.clients()};
        world_.connect(static_cast<unsigned>(who / 2 % 2), static_cast<unsigned>(who % 2),
                       who < 4 ? small_buffer_bytes : 0);
    }

    void act(client& c, char what, std::string_view argument)
    {
        simulation::peer& p = world_.client(c.number);
        switch (what) {
        case 's':
            p.say(argument);
            break;
        case 't':
            p.say_text(argument);
            break;
        case 'b':
            p.say(tests::client_frame(ws::opcode::binary, argument));
            break;
        case 'a':
            p.say_text(R"({"event":"authenticate","data":{"who":1,"user":"u","verdict":"accept",)"
                       R"("capabilities":["gap","reconnect"]}})");
            break;
        case 'j':
            p.say_text(R"({"event":"join","data":{"rooms":["r0","r1","closed"]}})");
            break;
        case 'm':
            for (int i = 0; i < 20; ++i)
                p.say_text(R"({"event":"say","data":{"kind":"room","name":"r0","event":"price",)"
                           R"("fleet":true,"out":{"k":1,"pad":")" +
                           std::string(300, 'x') + "\"}}}");
            break;
        case 'r':
            p.set_reading(!p.reading());
            break;
        case 'k':
            p.set_reading(true);
            p.pump(100);
            p.set_reading(false);
            break;
        case 'e':
            p.finish();
            break;
        case 'd':
            p.drop();
            break;
        default:
            break;
        }
    }

    void send_much()
    {
        static constexpr std::array events{"news", "chat", "price", "order"};
        for (int i = 0; i < 12; ++i) {
            const std::string data = "{\"node\":" + std::to_string(++last_n_) +
                                     ",\"k\":2,\"pad\":\"" + std::string(400, 'y') + "\"}";
            world_.at(0).hub().send({broker::target_kind::broadcast, {}},
                                    {events[last_n_ / 12 % events.size()], data}, {}, reach::fleet);
        }
    }

    void answer(bool yes)
    {
        for (unsigned i = 0; i < world_.nodes(); ++i) {
            auto& app = world_.at(i).app();
            for (auto& owed : app.identities)
                if (yes)
                    owed.answer.accept(identity(owed.user));
            app.identities.clear();
            for (auto& owed : app.joins)
                if (yes)
                    owed.answer.accept(owed.rooms);
            app.joins.clear();
        }
    }

    void strike(char what, unsigned node)
    {
        simulation::node& n = world_.at(node);
        if (what == 'x' && n.link().connected())
            n.link().cut(chance_);
        else if (what == 'h' && !n.link().connected())
            n.link().heal();
        else if ((what == 'q' || what == 'Q') && !n.stopping())
            n.stop(milliseconds(what == 'q' ? 0 : 300), milliseconds(1'000));
    }

    void check()
    {
        for (std::optional<client>& c : clients_)
            if (c)
                for (const std::string& text : world_.client(c->number).take_texts())
                    check_text(*c, text);
        for (std::size_t i = 0; i < world_.clients(); ++i)
            check_code(world_.client(i).close_code());
    }

    void check_text(client& c, const std::string& text)
    {
        protocol::event_reader reader;
        const protocol::read_result event = reader.read(text);
        expect(static_cast<bool>(event), "the server says events");
        if (event->event == "connected") {
            expect(!c.connected, "connected once");
            c.connected = true;
        }
        static constexpr std::string_view before = "{\"node\":";
        if (!event->data.starts_with(before))
            return;
        const std::uint64_t n = std::stoull(std::string(event->data.substr(before.size(), 20)));
        expect(c.connected, "who has not authenticated gets no broadcast");
        expect(n > c.last_n && n <= last_n_, "once, and in order");
        c.last_n = n;
    }

    static void check_code(unsigned code)
    {
        expect(code == 0 || code == 1005 || ws::may_be_sent(static_cast<std::uint16_t>(code)),
               "codes that may be sent");
    }

    simulation::dice chance_{1};
    simulation::world world_{{.nodes = 2, .shards = 2, .settings = small_limits()}, chance_};
    std::array<std::optional<client>, clients_max> clients_;
    std::uint64_t last_n_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view left(reinterpret_cast<const char*>(data), size);
    try {
        script all;
        for (std::size_t lines = 0; !left.empty() && lines < lines_max; ++lines) {
            const std::string_view line = left.substr(0, left.find('\n'));
            left.remove_prefix(std::min(left.size(), line.size() + 1));
            if (!line.empty())
                all.step(line[0], line.substr(1));
        }
        all.end();
    } catch (const simulation::broken& fault) {
        expect(false, fault.what());
    }
    return 0;
}
