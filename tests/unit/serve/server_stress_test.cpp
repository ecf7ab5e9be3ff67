// 1,000 clients come and go while eight threads call the server in every way there is, and then
// stop it. Run it with the sanitizers: ./dev test --preset tsan server_stress

#include "late_answers.hpp"
#include "life_ledger.hpp"
#include "support/test_server.hpp"
#include "visitor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cresset/server.hpp>
#include <latch>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cresset {
namespace {

using tests::late_answers;
using tests::life_ledger;
using tests::sealed;
using tests::stamp;
using tests::visitor;
using tests::visitor_book;

constexpr unsigned callers = 8;
constexpr unsigned stoppers = 3; // of the callers
constexpr unsigned guides = 8;   // threads that drive the clients
constexpr unsigned waves = 5;    // of clients, for each guide
constexpr unsigned wave_clients = 25;
constexpr unsigned rounds_a_client = 6; // of a caller
static_assert(guides * waves * wave_clients == 1000);

std::string room(unsigned n)
{
    return "room " + std::to_string(n % 20);
}

std::string user(unsigned n)
{
    return "user " + std::to_string(n % 10);
}

// Lets the callers go so many rounds for each client, so that neither side outruns the other.
class pace
{
public:
    void allow(unsigned rounds)
    {
        const std::lock_guard lock(mutex_);
        allowed_ += rounds;
        changed_.notify_all();
    }

    void set_free()
    {
        const std::lock_guard lock(mutex_);
        free_ = true;
        changed_.notify_all();
    }

    // Waits for a round; false if it is one of those that nothing holds back any more.
    bool wait()
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return free_ || allowed_ > 0; });
        if (free_)
            return false;
        --allowed_;
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned allowed_ = 0;
    bool free_ = false;
};

// A server whose handlers answer now or later, and keep a ledger; and all who use it.
class stress
{
public:
    stress() : server_(std::make_unique<server>(options(), callbacks())) {}

    void run();

private:
    static server_options options();
    handlers callbacks();

    // Answers at once, or later and from elsewhere, in turn.
    template <typename Answer>
    void answer(reply<Answer> to, Answer with)
    {
        if (questions_++ % 2 == 0)
            to.accept(std::move(with));
        else
            later_.add([to = std::move(to), with = std::move(with)]() mutable {
                to.accept(std::move(with));
            });
    }

    void call(unsigned caller);
    void call_round(std::vector<client_id>& ids, unsigned n);
    void expel(const client_id& id) { server_->disconnect(id, 4000, "Out"); }
    std::vector<client_id> everybody();

    void guide(unsigned number);
    void guide_wave(unsigned first);
    void come(std::list<visitor>& wave, unsigned n);
    void go(visitor& v, unsigned n);
    void knock_until_closed();

    late_answers later_; // outlives the server: its last answers find nobody
    life_ledger ledger_;
    visitor_book book_;
    pace pace_;
    std::latch still_coming_{guides};
    std::latch still_calling_{callers};
    std::latch still_running_{stoppers};
    std::atomic<unsigned> questions_{0};
    std::unique_ptr<server> server_;
};

server_options stress::options()
{
    server_options o = tests::quiet();
    o.threads = 3;
    // A loaded machine with a sanitizer is no reason to be cut off.
    o.auth_timeout = std::chrono::minutes(1);
    o.idle_timeout = std::chrono::milliseconds(0);
    return o;
}

handlers stress::callbacks()
{
    handlers h;
    h.authenticate = [this](const authenticate_request& request, reply<identity> to) {
        answer(std::move(to), identity(request.data_as<std::string>()));
    };
    h.validate_room = [this](const join_request& request, reply<allowed_rooms> to) {
        answer(std::move(to), allowed_rooms(request.rooms));
    };
    h.client_connected = [this](const client& who) { ledger_.connected(who.id()); };
    h.client_disconnected = [this](const client& who) { ledger_.disconnected(who.id()); };
    h.message = [this](const message& m) {
        ledger_.said(m.client.id());
        if (m.event == "expel me")
            expel(m.client.id());
        server_->publish(m.client.id(), room(1), "n", stamp());
        server_->send_to_client(m.client.id(), "echo", stamp());
    };
    h.outbound_transform = [this](const outbound_message& m, reply<replacement> to) {
        answer(std::move(to), replacement{sealed(m.event), std::string(m.data())});
    };
    return h;
}

// --- those who call the server ---

void stress::call(unsigned caller)
{
    std::vector<client_id> ids;
    unsigned n = caller;
    while (pace_.wait())
        call_round(ids, n++);
    still_calling_.arrive_and_wait();
    if (caller < stoppers) {
        server_->stop(std::chrono::seconds(20));
        still_running_.count_down();
    }
    do
        call_round(ids, n++);
    while (!still_running_.try_wait());
}

void stress::call_round(std::vector<client_id>& ids, unsigned n)
{
    server& s = *server_;
    if (ids.empty() || n % 8 == 0)
        ids = everybody();
    const client_id id = ids.empty() ? client_id{} : ids[n % ids.size()];
    s.join_room(id, room(n));
    s.send_to_room(room(n), "n", stamp());
    s.send_to_client(id, "n", stamp());
    s.publish(id, room(n), "n", stamp());
    s.leave_room(id, room(n + 1));
    switch (n % 4) {
    case 0:
        s.enable_client_encryption(id);
        static_cast<void>(s.clients_by_user(user(n)));
        break;
    case 1:
        s.send_to_user(user(n), "n", stamp());
        static_cast<void>(s.room_client_count(room(n)));
        break;
    case 2:
        s.broadcast("n", stamp(), {.exclude = {id}, .to = reach::fleet});
        static_cast<void>(s.clients_by_room(room(n)));
        break;
    case 3:
        s.send(n % 8 == 3 ? id.to_string() : room(n), "n", stamp(), [this] { questions_++; });
        static_cast<void>(s.stats());
        break;
    }
    if (n % 64 == 63)
        expel(id);
}

std::vector<client_id> stress::everybody()
{
    std::vector<client_id> ids;
    for (const client_info& info : server_->clients())
        ids.push_back(info.id);
    const auto less = [](const client_id& a, const client_id& b) { return a.bytes < b.bytes; };
    std::ranges::sort(ids, less);
    if (std::ranges::adjacent_find(ids) != ids.end())
        book_.mistakes.add("a snapshot has a client twice");
    return ids;
}

// --- the clients ---

void stress::guide(unsigned number)
{
    for (unsigned w = 0; w < waves; ++w)
        guide_wave((number * waves + w) * wave_clients);
    std::list<visitor> staying;
    for (unsigned n = 0; n < 12; ++n)
        come(staying, n);
    for (visitor& v : staying)
        v.hear_until("connected");
    still_coming_.count_down();
    knock_until_closed();
    for (visitor& v : staying)
        v.hear_to_the_end();
}

// All of a wave are there at once.
void stress::guide_wave(unsigned first)
{
    std::list<visitor> wave;
    for (unsigned n = first; n < first + wave_clients; ++n)
        come(wave, n);
    unsigned n = first;
    for (visitor& v : wave) {
        pace_.allow(rounds_a_client);
        go(v, n++);
    }
}

void stress::come(std::list<visitor>& wave, unsigned n)
{
    visitor& v = wave.emplace_back(*server_, book_);
    v.emit("authenticate", '"' + user(n) + '"');
}

// Talks for a while, then leaves as its number says.
void stress::go(visitor& v, unsigned n)
{
    const unsigned way = n % 5;
    if (way == 0)
        return v.reset(); // not even waiting for `connected`
    if (!v.hear_until("connected"))
        return;
    v.emit("join", "{\"rooms\":[\"" + room(n) + "\",\"" + room(n + 7) + "\"]}");
    for (int i = 0; i < 3; ++i) {
        v.emit("say", "7");
        if (!v.hear_until("echo"))
            return;
    }
    if (way == 1)
        return v.reset();
    if (way == 2)
        v.emit("expel me", "7");
    else
        v.say_goodbye();
    v.hear_to_the_end();
}

// New clients come while the server stops, until they are no longer let in.
void stress::knock_until_closed()
{
    try {
        for (;;) {
            visitor late(*server_, book_);
            late.emit("authenticate", "\"late\"");
            late.reset();
        }
    } catch (const std::exception&) {
    }
}

void stress::run()
{
    server_->start();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < guides; ++i)
        threads.emplace_back([this, i] { guide(i); });
    for (unsigned i = 0; i < callers; ++i)
        threads.emplace_back([this, i] { call(i); });
    still_coming_.wait();
    pace_.set_free();
    for (std::thread& t : threads)
        t.join();

    const server_stats end = server_->stats();
    EXPECT_EQ(end.clients, 0u);
    EXPECT_EQ(end.authenticated, 0u);
    EXPECT_TRUE(server_->clients().empty());
    EXPECT_EQ(server_->room_client_count("ws-default"), 0u);
    EXPECT_EQ(server_->broadcast("n").status, send_status::not_running);
    EXPECT_GE(end.messages_delivered, book_.heard);
    EXPECT_EQ(end.dropped_slow_client, 0u);
    server_.reset();

    EXPECT_EQ(book_.mistakes.now(), std::vector<std::string>());
    EXPECT_EQ(ledger_.mistakes(), std::vector<std::string>());
    EXPECT_GE(ledger_.clients(), book_.upgraded);
    EXPECT_LE(ledger_.clients(), book_.tried);

    // Or else the test has shown less than it says.
    EXPECT_GE(book_.upgraded, 1000u);
    EXPECT_GT(book_.heard_sealed, 0u);
    EXPECT_GE(book_.expelled, 100u);
    EXPECT_GT(book_.sent_home, 0u);
}

TEST(server_stress, stands_a_crowd_eight_threads_and_three_stops)
{
    stress().run();
}

} // namespace
} // namespace cresset
