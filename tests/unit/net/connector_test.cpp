#include "net/connector.hpp"
#include "support/loop_thread.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <pthread.h>
#include <sys/resource.h>
#include <vector>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using tests::descriptor;

// Names that this program alone knows: their addresses, in order. A lookup waits while held.
class test_names
{
public:
    void set(const std::string& name, std::vector<std::string> addresses)
    {
        const std::lock_guard lock(mutex_);
        addresses_[name] = std::move(addresses);
    }

    void hold(bool on)
    {
        const std::lock_guard lock(mutex_);
        held_ = on;
        changed_.notify_all();
    }

    void wait_for_lookups(int count)
    {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, tests::time_limit, [&] { return lookups_ >= count; }));
    }

    void forget()
    {
        const std::lock_guard lock(mutex_);
        addresses_.clear();
        lookups_ = 0;
    }

    // None: the system has to know.
    std::optional<std::vector<std::string>> find(const std::string& name)
    {
        std::unique_lock lock(mutex_);
        const auto found = addresses_.find(name);
        if (found == addresses_.end())
            return std::nullopt;
        const std::vector<std::string> addresses = found->second;
        ++lookups_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !held_; });
        return addresses;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::vector<std::string>> addresses_;
    int lookups_ = 0;
    bool held_ = false;
};

test_names names;
std::atomic<bool> epoll_is_full = false;

template <typename Function>
Function* system_function(Function*, const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

} // namespace
} // namespace cresset::net

// In place of the system's, for all of this program.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found)
{
    using cresset::net::names;
    static const auto real = cresset::net::system_function(&getaddrinfo, "getaddrinfo");
    if (hints->ai_flags & AI_NUMERICHOST)
        return real(host, service, hints, found);
    const auto addresses = names.find(host);
    if (!addresses)
        return real(host, service, hints, found);
    addrinfo literal = *hints;
    literal.ai_flags = AI_NUMERICHOST;
    *found = nullptr;
    addrinfo** end = found; // the system frees such a list one by one
    for (const std::string& address : *addresses) {
        if (const int error = real(address.c_str(), service, &literal, end); error != 0)
            return error;
        end = &(*end)->ai_next;
    }
    return *found ? 0 : EAI_NONAME;
}

extern "C" int epoll_ctl(int epoll, int operation, int watched, epoll_event* event) noexcept
{
    static const auto real = cresset::net::system_function(&epoll_ctl, "epoll_ctl");
    if (operation == EPOLL_CTL_ADD && cresset::net::epoll_is_full) {
        errno = ENOSPC;
        return -1;
    }
    return real(epoll, operation, watched, event);
}

namespace cresset::net {
namespace {

// Listens at an address of loopback. With a full backlog nobody is let in or refused.
class listening_socket
{
public:
    explicit listening_socket(const char* address = "127.0.0.1", std::uint16_t port = 0)
        : at_(endpoint::resolve(address, port)),
          socket_(
              tests::check_call(::socket(at_.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"))
    {
        const int on = 1;
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        tests::check_call(::bind(socket_.get(), at_.address(), at_.size()), "bind");
        tests::check_call(::listen(socket_.get(), 3), "listen");
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
        at_ = endpoint::of(bound, size);
    }

    std::uint16_t port() const { return at_.port(); }

    // Takes what the backlog holds, until a connection is left in the open.
    void fill()
    {
        for (;;) {
            descriptor one(tests::check_call(
                ::socket(at_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
            ::connect(one.get(), at_.address(), at_.size());
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            const bool connected =
                ::getpeername(one.get(), reinterpret_cast<sockaddr*>(&peer), &size) == 0;
            fillers_.push_back(std::move(one));
            if (!connected)
                return;
        }
    }

    tests::peer_socket accept()
    {
        return tests::peer_socket(descriptor(
            tests::check_call(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept")));
    }

    void stop() { socket_.reset(); }

private:
    endpoint at_;
    descriptor socket_;
    std::vector<descriptor> fillers_;
};

struct result
{
    std::shared_ptr<descriptor> socket; // null if there is none
    std::string why_not;
};

struct connector_in_loop : testing::Test
{
    connector_in_loop() { thread.start(); }
    ~connector_in_loop() override
    {
        names.hold(false);
        thread.run([this] { connecting = nullptr; });
        thread.stop();
        names.forget();
    }

    connector::done collect()
    {
        return [this](int socket, std::string_view why_not) {
            results.add({socket < 0 ? nullptr : std::make_shared<descriptor>(socket),
                         std::string(why_not)});
        };
    }

    void begin(const std::string& host, std::uint16_t port,
               std::chrono::milliseconds limit = tests::time_limit)
    {
        thread.run([&] { connecting->connect(host, port, limit, collect()); });
    }

    result next_result()
    {
        const std::vector<result> all = results.wait_for(++told);
        EXPECT_EQ(all.size(), told);
        return all.size() < told ? result{} : all[told - 1];
    }

    std::string failure(const std::string& host, std::uint16_t port,
                        std::chrono::milliseconds limit = tests::time_limit)
    {
        begin(host, port, limit);
        const result r = next_result();
        EXPECT_EQ(r.socket, nullptr);
        return r.why_not;
    }

    void expect_nothing_more(std::size_t so_far = 0)
    {
        thread.settle();
        EXPECT_EQ(results.now().size(), so_far);
    }

    // A port that nobody listens at.
    std::uint16_t free_port()
    {
        listening_socket closed;
        return closed.port();
    }

    tests::loop_thread thread;
    std::unique_ptr<connector> connecting = std::make_unique<connector>(thread.loop());
    tests::collected<result> results;
    std::size_t told = 0;
};

std::size_t open_descriptors()
{
    using iterator = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(iterator("/proc/self/fd"), iterator()));
}

TEST_F(connector_in_loop, connects_to_an_address)
{
    listening_socket server;
    begin("127.0.0.1", server.port());
    const result r = next_result();
    ASSERT_NE(r.socket, nullptr) << r.why_not;
    EXPECT_EQ(r.why_not, "");
    EXPECT_TRUE(::fcntl(r.socket->get(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(r.socket->get(), F_GETFD) & FD_CLOEXEC);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ::getsockopt(r.socket->get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
    EXPECT_NE(no_delay, 0);
    tests::peer_socket accepted = server.accept();
    EXPECT_TRUE(accepted.send("x"));
    EXPECT_EQ(::send(r.socket->get(), "hello", 5, MSG_NOSIGNAL), 5);
    EXPECT_EQ(accepted.receive(5), "hello");
}

TEST_F(connector_in_loop, connects_over_ipv6)
{
    try {
        listening_socket server("::1");
        begin("::1", server.port());
        EXPECT_NE(next_result().socket, nullptr);
    } catch (const std::system_error& error) {
        GTEST_SKIP() << "no IPv6 here: " << error.what();
    }
}

TEST_F(connector_in_loop, looks_a_name_up)
{
    listening_socket server;
    begin("localhost", server.port());
    const result r = next_result();
    EXPECT_NE(r.socket, nullptr) << r.why_not;
}

TEST_F(connector_in_loop, leaves_the_loop_alone_while_a_name_is_looked_up)
{
    listening_socket server;
    names.set("slow.test", {"127.0.0.1"});
    names.hold(true);
    begin("slow.test", server.port());
    names.wait_for_lookups(1);
    expect_nothing_more();
    names.hold(false);
    EXPECT_NE(next_result().socket, nullptr);
}

TEST_F(connector_in_loop, calls_after_connect_has_returned)
{
    listening_socket server;
    std::size_t calls = 0;
    for (const std::uint16_t port : {server.port(), free_port()}) {
        bool returned = false;
        thread.run([&] {
            connecting->connect("127.0.0.1", port, tests::time_limit,
                                [&, done = collect()](int socket, std::string_view why) mutable {
                                    EXPECT_TRUE(returned);
                                    done(socket, why);
                                });
            returned = true;
        });
        EXPECT_EQ(results.wait_for(++calls).size(), calls);
    }
}

TEST_F(connector_in_loop, tells_that_it_was_refused)
{
    EXPECT_EQ(failure("127.0.0.1", free_port()), "Connection refused");
}

TEST_F(connector_in_loop, tells_that_an_address_cannot_be_reached)
{
    EXPECT_NE(failure("255.255.255.255", 1), "timed out"); // nobody connects to all
}

TEST_F(connector_in_loop, tells_that_a_name_is_unknown)
{
    names.set("unknown.test", {});
    EXPECT_EQ(failure("unknown.test", 1), gai_strerror(EAI_NONAME));
}

// The system's own answer: unknown, or that it can't ask.
TEST_F(connector_in_loop, survives_a_name_that_there_can_never_be)
{
    EXPECT_NE(failure("cresset.invalid", 1, 1s), "");
}

TEST_F(connector_in_loop, times_out_where_nobody_answers)
{
    listening_socket full;
    full.fill();
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(failure("127.0.0.1", full.port(), 60ms), "timed out");
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 60ms);
    expect_nothing_more(1);
}

TEST_F(connector_in_loop, times_out_while_a_name_is_looked_up)
{
    names.set("slow.test", {"127.0.0.1"});
    names.hold(true);
    EXPECT_EQ(failure("slow.test", 1, 20ms), "timed out");
    names.hold(false);
    expect_nothing_more(1);
}

TEST_F(connector_in_loop, tells_that_there_are_no_descriptors)
{
    // The sanitizer opens a pipe for a type that it meets for the first time.
    failure("127.0.0.1", free_port());
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int lowest = ::dup(STDERR_FILENO);
    ::close(lowest);
    const rlimit none{static_cast<rlim_t>(lowest), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const std::string why = failure("127.0.0.1", 1);
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(why, "Too many open files");
}

TEST_F(connector_in_loop, tells_that_the_loop_cannot_watch_the_socket)
{
    listening_socket server;
    epoll_is_full = true;
    const std::string why = failure("127.0.0.1", server.port());
    epoll_is_full = false;
    EXPECT_EQ(why, "No space left on device");
}

TEST_F(connector_in_loop, tells_that_there_is_no_thread_to_look_a_name_up)
{
    pthread_attr_t before;
    pthread_getattr_default_np(&before);
    pthread_attr_t impossible;
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, std::size_t{1} << 46);
    pthread_setattr_default_np(&impossible);
    const std::string why = failure("localhost", 1);
    pthread_setattr_default_np(&before);
    pthread_attr_destroy(&impossible);
    pthread_attr_destroy(&before);
    EXPECT_EQ(why, "Resource temporarily unavailable");
}

// --- several addresses ---

TEST_F(connector_in_loop, tries_the_first_address_first)
{
    listening_socket first("127.0.0.2");
    listening_socket second("127.0.0.3", first.port());
    names.set("two.test", {"127.0.0.2", "127.0.0.3"});
    begin("two.test", first.port());
    const result r = next_result();
    ASSERT_NE(r.socket, nullptr) << r.why_not;
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    ::getpeername(r.socket->get(), reinterpret_cast<sockaddr*>(&peer), &size);
    EXPECT_EQ(endpoint::of(peer, size).to_string(), "127.0.0.2:" + std::to_string(first.port()));
}

TEST_F(connector_in_loop, goes_on_to_the_next_address)
{
    listening_socket server("127.0.0.4");
    names.set("many.test", {"127.0.0.2", "255.255.255.255", "127.0.0.3", "127.0.0.4"});
    begin("many.test", server.port());
    const result r = next_result();
    EXPECT_NE(r.socket, nullptr) << r.why_not;
}

TEST_F(connector_in_loop, does_not_spend_all_the_time_on_an_address_that_is_silent)
{
    listening_socket full("127.0.0.2");
    full.fill();
    listening_socket full_too("127.0.0.3", full.port());
    full_too.fill();
    listening_socket server("127.0.0.4", full.port());
    names.set("many.test", {"127.0.0.2", "127.0.0.3", "127.0.0.4"});
    begin("many.test", server.port(), 300ms);
    const result r = next_result();
    EXPECT_NE(r.socket, nullptr) << r.why_not;
}

TEST_F(connector_in_loop, tells_what_became_of_the_last_address)
{
    names.set("two.test", {"255.255.255.255", "127.0.0.2"});
    EXPECT_EQ(failure("two.test", free_port()), "Connection refused");
}

TEST_F(connector_in_loop, tells_of_the_time_that_the_last_address_took)
{
    listening_socket full("127.0.0.3");
    full.fill();
    names.set("two.test", {"127.0.0.2", "127.0.0.3"});
    EXPECT_EQ(failure("two.test", full.port(), 60ms), "timed out");
}

// --- cancelling ---

TEST_F(connector_in_loop, is_cancelled_while_a_name_is_looked_up)
{
    names.set("slow.test", {"127.0.0.1"});
    names.hold(true);
    begin("slow.test", 1);
    names.wait_for_lookups(1);
    thread.run([this] { connecting->cancel(); });
    names.hold(false);
    expect_nothing_more();
}

TEST_F(connector_in_loop, may_be_destroyed_while_a_name_is_looked_up)
{
    names.set("slow.test", {"127.0.0.1"});
    names.hold(true);
    begin("slow.test", 1);
    names.wait_for_lookups(1);
    thread.run([this] { connecting = nullptr; });
    names.hold(false);
    expect_nothing_more();
}

TEST_F(connector_in_loop, is_cancelled_with_the_answer_on_its_way)
{
    names.set("quick.test", {"127.0.0.1"});
    thread.run([this] {
        connecting->connect("quick.test", 1, tests::time_limit, collect());
        names.wait_for_lookups(1);
        connecting->cancel(); // and what the lookup posts comes later
    });
    expect_nothing_more();
}

TEST_F(connector_in_loop, is_cancelled_while_it_connects)
{
    listening_socket full;
    full.fill();
    const std::size_t before = open_descriptors();
    begin("127.0.0.1", full.port());
    EXPECT_EQ(open_descriptors(), before + 1);
    thread.run([this] { connecting->cancel(); });
    EXPECT_EQ(open_descriptors(), before);
    expect_nothing_more();
}

TEST_F(connector_in_loop, may_be_destroyed_while_it_connects)
{
    listening_socket full;
    full.fill();
    const std::size_t before = open_descriptors();
    begin("127.0.0.1", full.port());
    thread.run([this] { connecting = nullptr; });
    EXPECT_EQ(open_descriptors(), before);
    expect_nothing_more();
}

TEST_F(connector_in_loop, is_cancelled_with_the_outcome_on_its_way)
{
    listening_socket server;
    const std::uint16_t nobody = free_port();
    for (const std::uint16_t port : {server.port(), nobody}) {
        thread.run([&] {
            connecting->connect("127.0.0.1", port, tests::time_limit, collect());
            connecting->cancel();
        });
        expect_nothing_more();
    }
}

TEST_F(connector_in_loop, is_cancelled_when_there_is_no_address_left)
{
    thread.run([this] {
        connecting->connect("255.255.255.255", 1, tests::time_limit, collect());
        connecting->cancel();
    });
    expect_nothing_more();
}

TEST_F(connector_in_loop, may_be_cancelled_twice_and_before_it_began)
{
    thread.run([this] {
        connecting->cancel();
        connecting->cancel();
    });
    EXPECT_EQ(failure("127.0.0.1", free_port()), "Connection refused");
    thread.run([this] { connecting->cancel(); });
    expect_nothing_more(1);
}

TEST_F(connector_in_loop, forgets_what_it_did_when_it_begins_again)
{
    listening_socket full;
    full.fill();
    listening_socket server;
    names.set("slow.test", {"127.0.0.1"});
    names.hold(true);
    const std::size_t before = open_descriptors();
    begin("slow.test", 1);
    names.wait_for_lookups(1);
    begin("127.0.0.1", full.port());
    begin("127.0.0.1", server.port());
    const result r = next_result();
    EXPECT_NE(r.socket, nullptr) << r.why_not;
    EXPECT_EQ(open_descriptors(), before + 1);
    names.hold(false);
    expect_nothing_more(1);
}

TEST_F(connector_in_loop, may_begin_again_when_it_is_told)
{
    listening_socket server;
    const std::uint16_t nobody = free_port();
    thread.run([&] {
        connecting->connect("127.0.0.1", nobody, tests::time_limit, [&](int, std::string_view) {
            connecting->connect("127.0.0.1", server.port(), tests::time_limit, collect());
        });
    });
    EXPECT_NE(next_result().socket, nullptr);
}

TEST_F(connector_in_loop, may_be_destroyed_when_it_is_told_of_a_failure)
{
    thread.run([&] {
        connecting->connect("127.0.0.1", free_port(), tests::time_limit,
                            [this](int, std::string_view why) {
                                connecting->cancel();
                                results.add({nullptr, std::string(why)});
                            });
    });
    EXPECT_EQ(next_result().why_not, "Connection refused");
}

} // namespace
} // namespace cresset::net
