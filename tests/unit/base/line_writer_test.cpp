#include "base/line_writer.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <string>

namespace cresset::base {
namespace {

using tests::check_call;
using tests::descriptor;

// Its writing end blocks, as standard error does; its reading end doesn't.
struct pipe_of_test
{
    pipe_of_test()
    {
        std::array<int, 2> ends{};
        check_call(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
        reader.reset(ends[0]);
        writer.reset(ends[1]);
        check_call(::fcntl(reader.get(), F_SETFL, O_NONBLOCK), "O_NONBLOCK");
    }

    std::string read(std::size_t limit = 1'000'000) const
    {
        std::string text(limit, '\0');
        std::size_t size = 0;
        ssize_t n;
        while (size < limit && (n = ::read(reader.get(), text.data() + size, limit - size)) > 0)
            size += static_cast<std::size_t>(n);
        text.resize(size);
        return text;
    }

    descriptor reader;
    descriptor writer;
};

// Takes lines until one is kept. How many that were, with that one.
std::size_t fill(line_writer& out, const std::string& line)
{
    std::size_t lines = 0;
    for (; out.ready(); ++lines)
        out.take(line);
    return lines;
}

TEST(line_writer, keeps_one_line_while_a_pipe_is_full)
{
    const pipe_of_test pipe;
    line_writer out(pipe.writer.get());
    const std::string line(99, 'x');
    const std::size_t lines = fill(out, line);
    EXPECT_FALSE(out.ready());
    const std::string before = pipe.read();
    EXPECT_EQ(before.size(), (lines - 1) * 100);
    EXPECT_TRUE(out.ready());
    EXPECT_EQ(pipe.read(), line + '\n');
}

TEST(line_writer, writes_the_rest_of_a_line_that_has_begun)
{
    const pipe_of_test pipe;
    line_writer out(pipe.writer.get());
    const std::string line = std::string(300'000, 'x') + "end";
    out.take(line); // more than a pipe holds
    std::string all;
    while (!out.ready())
        all += pipe.read(10'000);
    all += pipe.read();
    EXPECT_EQ(all, line + '\n');
}

TEST(line_writer, survives_that_the_reader_goes)
{
    pipe_of_test pipe;
    line_writer out(pipe.writer.get());
    pipe.reader.reset();
    out.take("nobody reads this"); // SIGPIPE would end the test
    EXPECT_FALSE(out.ready());
}

TEST(line_writer, survives_a_full_disk_and_a_closed_descriptor)
{
    const descriptor full(check_call(::open("/dev/full", O_WRONLY | O_CLOEXEC), "/dev/full"));
    line_writer out(full.get());
    out.take("a line");
    EXPECT_FALSE(out.ready());
    line_writer closed(-1);
    closed.take("a line");
    EXPECT_FALSE(closed.ready());
}

} // namespace
} // namespace cresset::base
