#include "cli/configure.hpp"
#include "cli/units.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace cresset::cli {
namespace {

using texts = std::vector<std::string>;

// A command with a setting of each kind, which is told things in all places.
class configure_test : public testing::Test
{
protected:
    configure_test()
    {
        app_.add_option("--config", file_);
        app_.option_defaults()->group("listen");
        app_.add_option("--host", host)->capture_default_str();
        app_.add_option("--port", port)->check(CLI::Range(0, 65535))->capture_default_str();
        app_.add_flag("--open", open);
        app_.option_defaults()->group("rooms");
        app_.add_option("--join", join)->delimiter(',');
        app_.add_option("--default-rooms", default_rooms)->delimiter(',')->default_str("lobby");
        app_.add_option("--mode", mode)
            ->check(CLI::IsMember({"one", "two"}))
            ->capture_default_str();
        app_.option_defaults()->group("stop");
        add_duration(app_, "--stop-delay", delay, "");
        add_bytes(app_, "--queue", queue, "");
    }

    ~configure_test() override
    {
        for (const std::string& each : variables_)
            ::unsetenv(each.c_str());
    }

    void environment(const std::string& name, const std::string& value)
    {
        ::setenv(name.c_str(), value.c_str(), 1);
        variables_.push_back(name);
    }

    // With a file of that text, if there is any.
    configuration configured(const std::string& text = "", const std::string& flags = "")
    {
        app_.parse(flags);
        return configure(app_, text.empty() ? "" : folder_.write("a.toml", text));
    }

    // The one problem, behind the file's folder.
    std::string problem_of(const std::string& text)
    {
        const auto found = configured(text).problems;
        EXPECT_EQ(found.size(), 1u);
        const std::string what = found.empty() ? "" : found.front();
        const std::size_t file = what.find("a.toml");
        return file == std::string::npos ? what : what.substr(file);
    }

    std::string host = "localhost";
    std::uint16_t port = 3000;
    bool open = false;
    texts join;
    texts default_rooms{"lobby"};
    std::string mode = "one";
    std::chrono::milliseconds delay{5'000};
    std::size_t queue = 1024;

private:
    tests::temporary_folder folder_;
    CLI::App app_;
    std::string file_;
    texts variables_;
};

TEST_F(configure_test, takes_settings_from_a_file)
{
    const auto from = configured("[listen]\nhost = '::1'\nport = 80\nopen = true\n"
                                 "[rooms]\njoin = ['a', 'b-*']\nmode = 'two'\n"
                                 "[stop]\ndelay = '2m'\nqueue = '1KiB'\n");
    EXPECT_TRUE(from.problems.empty());
    EXPECT_EQ(host, "::1");
    EXPECT_EQ(port, 80);
    EXPECT_TRUE(open);
    EXPECT_EQ(join, (texts{"a", "b-*"}));
    EXPECT_EQ(mode, "two");
    EXPECT_EQ(delay, std::chrono::minutes(2));
    EXPECT_EQ(queue, 1024u);
    EXPECT_EQ(from.find("listen.port")->from, origin::file);
    EXPECT_TRUE(from.find("listen.port")->place.ends_with("a.toml:3:1"));
    EXPECT_EQ(from.find("rooms.default-rooms")->from, origin::built_in);
}

TEST_F(configure_test, takes_settings_from_the_environment)
{
    environment("CRESSET_HOST", "::1");
    environment("CRESSET_PORT", "80");
    environment("CRESSET_OPEN", "true");
    environment("CRESSET_JOIN", "a,b-*");
    environment("CRESSET_STOP_DELAY", "2m");
    const auto from = configured();
    EXPECT_TRUE(from.problems.empty());
    EXPECT_EQ(host, "::1");
    EXPECT_EQ(port, 80);
    EXPECT_TRUE(open);
    EXPECT_EQ(join, (texts{"a", "b-*"}));
    EXPECT_EQ(delay, std::chrono::minutes(2));
    EXPECT_EQ(from.find("listen.port")->place, "CRESSET_PORT");
}

TEST_F(configure_test, a_flag_wins_over_the_environment_and_that_over_the_file)
{
    environment("CRESSET_HOST", "by-environment");
    environment("CRESSET_PORT", "2");
    const auto from = configured("[listen]\nhost = 'by-file'\nport = 3\n[rooms]\nmode = 'two'\n",
                                 "--host by-flag");
    EXPECT_TRUE(from.problems.empty());
    EXPECT_EQ(host, "by-flag");
    EXPECT_EQ(port, 2);
    EXPECT_EQ(mode, "two");
    EXPECT_EQ(from.find("listen.host")->from, origin::flag);
    EXPECT_EQ(from.find("listen.port")->from, origin::environment);
    EXPECT_EQ(from.find("rooms.mode")->from, origin::file);
}

TEST_F(configure_test, a_flag_that_is_false_is_so)
{
    environment("CRESSET_OPEN", "false");
    EXPECT_TRUE(configured("[listen]\nopen = true\n").problems.empty());
    EXPECT_FALSE(open);
}

TEST_F(configure_test, a_variable_without_a_value_is_none)
{
    environment("CRESSET_HOST", "");
    EXPECT_EQ(configured().find("listen.host")->from, origin::built_in);
}

TEST_F(configure_test, an_empty_list_is_none)
{
    configured("[rooms]\njoin = []\ndefault-rooms = []\n");
    EXPECT_EQ(join, texts{});
    EXPECT_EQ(default_rooms, texts{""});
}

TEST_F(configure_test, one_text_is_a_list_too)
{
    configured("[rooms]\njoin = 'a'\n");
    EXPECT_EQ(join, texts{"a"});
}

TEST_F(configure_test, tells_of_unknown_keys_with_the_nearest)
{
    EXPECT_EQ(problem_of("[listen]\nprot = 80\n"),
              "a.toml:2:1: unknown key listen.prot; did you mean listen.port?");
    EXPECT_EQ(problem_of("[listen]\njoin = ['a']\n"),
              "a.toml:2:1: unknown key listen.join; there is rooms.join");
    EXPECT_EQ(problem_of("port = 80\n"), "a.toml:1:1: unknown key port; there is listen.port");
    EXPECT_EQ(problem_of("[colours]\nred = 1\n"), "a.toml:2:1: unknown key colours.red");
    EXPECT_EQ(problem_of("[listen]\nconfig = 'x'\n"), "a.toml:2:1: unknown key listen.config");
}

TEST_F(configure_test, tells_of_values_of_another_type)
{
    EXPECT_EQ(problem_of("[listen]\nport = '80'\n"),
              "a.toml:2:1: listen.port is a whole number, without quotes");
    EXPECT_EQ(problem_of("[listen]\nhost = 1\n"), "a.toml:2:1: listen.host is a text, in quotes");
    EXPECT_EQ(problem_of("[listen]\nopen = 'true'\n"),
              "a.toml:2:1: listen.open is true or false, without quotes");
    EXPECT_EQ(problem_of("[rooms]\njoin = [1]\n"),
              "a.toml:2:1: rooms.join is a list of texts, such as [\"a\", \"b\"]");
    EXPECT_EQ(problem_of("[stop]\ndelay = 5\n"),
              "a.toml:2:1: stop.delay is a duration with its unit, in quotes, such as \"5s\"");
    EXPECT_EQ(problem_of("[stop]\nqueue = 1.5\n"),
              "a.toml:2:1: stop.queue is a size with its unit, in quotes, such as \"16MiB\"");
}

TEST_F(configure_test, tells_of_values_that_are_out_of_range)
{
    EXPECT_EQ(problem_of("[rooms]\nmode = 'three'\n"), "a.toml:2:1: three not in {one,two}");
    EXPECT_EQ(problem_of("[stop]\ndelay = '5 s'\n"),
              "a.toml:2:1: \"5 s\" is no duration; write it like 250ms, 5s or 2m");
    EXPECT_TRUE(problem_of("[listen]\nport = 70000\n").starts_with("a.toml:2:1: "));
    EXPECT_TRUE(problem_of("[listen]\nport = -1\n").starts_with("a.toml:2:1: "));
    EXPECT_EQ(port, 3000);
    EXPECT_EQ(mode, "one");
}

TEST_F(configure_test, tells_of_all_problems_at_once_and_sets_the_others)
{
    environment("CRESSET_STOP_DELAY", "5");
    const auto from = configured("[listen]\nprot = 1\nhost = 2\nport = 80\n");
    EXPECT_EQ(from.problems.size(), 3u);
    EXPECT_EQ(port, 80);
}

TEST_F(configure_test, looks_at_values_that_give_way_too)
{
    environment("CRESSET_PORT", "80");
    EXPECT_EQ(problem_of("[listen]\nport = 'x'\n"),
              "a.toml:2:1: listen.port is a whole number, without quotes");
}

TEST_F(configure_test, knows_what_kubernetes_does)
{
    environment("CRESSET_PORT", "tcp://10.0.0.1:80");
    const auto found = configured().problems;
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NE(found[0].find("enableServiceLinks"), std::string::npos) << found[0];
}

TEST_F(configure_test, tells_of_a_file_that_is_not_there)
{
    const CLI::App none;
    CLI::App app;
    EXPECT_EQ(configure(app, "/nowhere/a.toml").problems.size(), 1u);
}

TEST_F(configure_test, tells_values_as_a_file_has_them)
{
    const auto from = configured("[rooms]\njoin = ['a', 'b']\n", "--open --stop-delay 1s");
    EXPECT_EQ(from.find("listen.host")->values(), texts{"localhost"});
    EXPECT_EQ(from.find("rooms.join")->values(), (texts{"a", "b"}));
    EXPECT_EQ(from.find("rooms.default-rooms")->values(), texts{"lobby"});
    EXPECT_EQ(from.find("listen.open")->values(), texts{"true"});
    EXPECT_EQ(from.find("stop.delay")->values(), texts{"1s"});
    EXPECT_EQ(from.find("stop.queue")->values(), texts{"1KiB"});
}

} // namespace
} // namespace cresset::cli
