#include "cli/config_file.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace cresset::cli {
namespace {

std::vector<config_entry> read(const std::string& text)
{
    const tests::temporary_folder folder;
    return read_config_file(folder.write("a.toml", text));
}

// What is said of a file, behind its folder.
std::string trouble(const std::string& text)
{
    const tests::temporary_folder folder;
    const std::string file = folder.write("a.toml", text);
    try {
        read_config_file(file);
        return "";
    } catch (const std::runtime_error& error) {
        const std::string what = error.what();
        return what.substr(what.find("a.toml"));
    }
}

TEST(config_file, has_values_of_all_kinds)
{
    const auto entries = read("[a]\ntext = \"x\"\nnumber = 7\nyes = true\nlist = ['x', \"y\"]\n"
                              "none = []\nreal = 1.5\nmixed = [1, 'x']\ndate = 2026-01-01\n"
                              "table = {b = 1}\n");
    ASSERT_EQ(entries.size(), 9u);
    EXPECT_EQ(entries[0].kind, config_kind::text);
    EXPECT_EQ(entries[0].values, std::vector<std::string>{"x"});
    EXPECT_EQ(entries[1].kind, config_kind::number);
    EXPECT_EQ(entries[1].values, std::vector<std::string>{"7"});
    EXPECT_EQ(entries[2].kind, config_kind::boolean);
    EXPECT_EQ(entries[2].values, std::vector<std::string>{"true"});
    EXPECT_EQ(entries[3].kind, config_kind::list);
    EXPECT_EQ(entries[3].values, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(entries[4].kind, config_kind::list);
    EXPECT_TRUE(entries[4].values.empty());
    for (std::size_t i = 5; i < entries.size(); ++i)
        EXPECT_EQ(entries[i].kind, config_kind::other) << entries[i].key;
}

TEST(config_file, knows_where_each_stands)
{
    const auto entries = read("# a comment\n[z]\nb = 1\n  a = 2\n[c]\nd.e = 3\n");
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(entries[0].path(), "z.b");
    EXPECT_TRUE(entries[0].place.ends_with("a.toml:3:1")) << entries[0].place;
    EXPECT_EQ(entries[1].path(), "z.a");
    EXPECT_TRUE(entries[1].place.ends_with("a.toml:4:3")) << entries[1].place;
    EXPECT_EQ(entries[2].path(), "c.d");
    EXPECT_EQ(entries[2].kind, config_kind::other);
}

TEST(config_file, has_entries_outside_of_tables)
{
    const auto entries = read("port = 80\n");
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].table, "");
    EXPECT_EQ(entries[0].path(), "port");
}

TEST(config_file, may_be_empty)
{
    EXPECT_TRUE(read("").empty());
    EXPECT_TRUE(read("# nothing\n[listen]\n").empty());
}

TEST(config_file, tells_where_it_is_no_toml)
{
    EXPECT_TRUE(trouble("[listen]\nport = \n").starts_with("a.toml:2:"))
        << trouble("[listen]\nport = \n");
    EXPECT_TRUE(trouble("[listen\n").starts_with("a.toml:1:"));
    EXPECT_TRUE(trouble("[a]\nb = 1\nb = 2\n").starts_with("a.toml:3:"));
}

TEST(config_file, has_to_be_there)
{
    EXPECT_THROW(read_config_file("/nowhere/a.toml"), std::runtime_error);
    EXPECT_THROW(read_config_file("/"), std::runtime_error);
}

TEST(config_file, has_a_bound)
{
    EXPECT_EQ(trouble(std::string(1024 * 1024, '\n')), "");
    EXPECT_NE(trouble(std::string(1024 * 1024 + 1, '\n')), "");
}

} // namespace
} // namespace cresset::cli
