#include "serve/node.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::serve {
namespace {

using names = std::vector<std::string>;

// Tells what it is called for.
class recording_broker final : public broker::broker
{
public:
    void start() override
    {
        if (fails)
            throw std::runtime_error("the others are away");
        port_at_start = of->port();
        calls.push_back("start");
    }
    void stop() noexcept override { calls.push_back("stop"); }
    void attach(cresset::broker::node&) override { calls.push_back("attach"); }
    void detach(cresset::broker::node&) override { calls.push_back("detach"); }
    cresset::broker::publish_status publish(const cresset::broker::node_message&) override
    {
        return cresset::broker::publish_status::no_others;
    }

    const node* of = nullptr;
    bool fails = false;
    std::uint16_t port_at_start = 1;
    names calls;
};

struct serve_node : testing::Test
{
    node& make(std::uint16_t port = 0)
    {
        nodes.of = &made.emplace(on_port(port), app, nodes, routes, log);
        return *made;
    }

    static node_options on_port(std::uint16_t port)
    {
        node_options options;
        options.port = port;
        return options;
    }

    base::log log{base::log_level::off, base::log_format::text};
    tests::test_application app;
    recording_broker nodes;
    http::router routes{[](const http::request&, std::string_view) {}};
    std::optional<node> made;
};

TEST_F(serve_node, is_joined_to_the_others_before_it_listens_and_until_it_has_ended)
{
    node& n = make();
    n.start();
    EXPECT_EQ(nodes.port_at_start, 0);
    EXPECT_NE(n.port(), 0);
    EXPECT_EQ(nodes.calls, (names{"start", "attach"}));
    n.stop({.deadline = std::chrono::milliseconds(0)});
    EXPECT_EQ(nodes.calls, (names{"start", "attach"}));
    n.wait();
    EXPECT_EQ(nodes.calls, (names{"start", "attach", "detach", "stop"}));
    made.reset();
    EXPECT_EQ(nodes.calls, (names{"start", "attach", "detach", "stop"}));
}

TEST_F(serve_node, leaves_the_others_alone_unless_started)
{
    make().stop({.deadline = std::chrono::milliseconds(0)});
    made->wait();
    made.reset();
    EXPECT_EQ(nodes.calls, names{});
}

TEST_F(serve_node, does_not_listen_when_the_others_are_out_of_reach)
{
    nodes.fails = true;
    EXPECT_THROW(make().start(), std::runtime_error);
    EXPECT_EQ(made->port(), 0);
    made.reset();
    EXPECT_EQ(nodes.calls, names{});
}

TEST_F(serve_node, leaves_the_others_when_its_port_is_taken)
{
    node first(on_port(0), app, nodes, routes, log);
    nodes.of = &first;
    first.start();
    nodes.calls.clear();
    EXPECT_THROW(make(first.port()).start(), std::runtime_error);
    made.reset();
    EXPECT_EQ(nodes.calls, (names{"start", "stop"}));
}

} // namespace
} // namespace cresset::serve
