#include "load/report.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <cresset/json.hpp>
#include <string>

namespace cresset::load {
namespace {

report sample()
{
    report r;
    r.mode = "fanout";
    r.url = "ws://a/\"x\"";
    r.clients = 10;
    r.workers = 2;
    r.seconds = 2;
    r.traffic = traffic_figures{.sent = 100, .expected = 1000, .received = 1000};
    r.latency.emplace();
    for (std::uint64_t us = 1; us <= 1000; ++us)
        r.latency->record(us * 1000);
    r.server = server_figures{.cpu_seconds = 0.5,
                              .cpu_us_per_delivery = 500,
                              .rss_before = 1'000'000,
                              .rss_after = 2'000'000};
    r.generator_cpu_seconds = 0.25;
    r.busiest_worker = 0.125;
    return r;
}

TEST(report, as_json)
{
    const boost::json::object o = parse_json(to_json(sample())).as_object();
    EXPECT_EQ(o.at("mode"), "fanout");
    EXPECT_EQ(o.at("url"), "ws://a/\"x\"");
    EXPECT_EQ(o.at("clients"), 10);
    EXPECT_EQ(o.at("workers"), 2);
    EXPECT_EQ(o.at("sent"), 100);
    EXPECT_EQ(o.at("expected"), 1000);
    EXPECT_EQ(o.at("received"), 1000);
    EXPECT_EQ(o.at("lost"), 0);
    EXPECT_EQ(o.at("messages_per_second").as_double(), 50);
    EXPECT_EQ(o.at("deliveries_per_second").as_double(), 500);
    const boost::json::object& latency = o.at("latency_us").as_object();
    EXPECT_EQ(latency.at("count"), 1000);
    EXPECT_EQ(latency.at("mean").as_double(), 500.5);
    EXPECT_NEAR(latency.at("p50").as_double(), 500, 0.5);
    EXPECT_NEAR(latency.at("p99.9").as_double(), 999, 1);
    EXPECT_EQ(latency.at("max").as_double(), 1000);
    const boost::json::object& server = o.at("server").as_object();
    EXPECT_EQ(server.at("cpu_us_per_delivery").as_double(), 500);
    EXPECT_EQ(server.at("rss_after"), 2'000'000);
    EXPECT_FALSE(server.contains("rss_per_client"));
    EXPECT_EQ(o.at("generator").as_object().at("busiest_worker").as_double(), 0.125);
}

TEST(report, leaves_out_what_a_mode_has_not)
{
    report r;
    r.mode = "connect";
    r.connects.emplace();
    const boost::json::object o = parse_json(to_json(r)).as_object();
    for (const char* name :
         {"sent", "latency_us", "server", "slow", "interrupted", "deliveries_per_second"})
        EXPECT_FALSE(o.contains(name)) << name;
    EXPECT_EQ(o.at("connect_us").as_object().at("count"), 0);
}

TEST(report, is_clean_only_if_everything_came_as_it_should)
{
    EXPECT_TRUE(sample().clean());
    for (std::uint64_t traffic_figures::*bad :
         {&traffic_figures::lost, &traffic_figures::doubled, &traffic_figures::reordered,
          &traffic_figures::altered}) {
        report r = sample();
        (*r.traffic).*bad = 1;
        EXPECT_FALSE(r.clean());
    }
    report failed = sample();
    failed.clients_failed = 1;
    EXPECT_FALSE(failed.clean());
    report gone = sample();
    gone.clients_gone = 1;
    EXPECT_FALSE(gone.clean());
    report slow = sample();
    slow.slow = slow_figures{.clients = 1, .expected = 5, .lost = 5, .gone = 1};
    EXPECT_TRUE(slow.clean());
}

TEST(report, as_a_table)
{
    const std::string table = to_table(sample());
    EXPECT_NE(table.find("1,000 of 1,000 (500 a second)"), std::string::npos) << table;
    EXPECT_NE(table.find("0.50 s, 500.00 us a delivery"), std::string::npos) << table;
    EXPECT_NE(table.find("12% of the time"), std::string::npos) << table;
}

} // namespace
} // namespace cresset::load
