#include "load/frame_reader.hpp"
#include "load/inflater.hpp"

#include <gtest/gtest.h>

#include <string>
#include <zlib.h>

namespace cresset::load {
namespace {

// As RFC 7692, section 7.2.1, has it: a sync flush, without its end.
std::string deflated(const std::string& text)
{
    z_stream z{};
    EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&z, static_cast<uLong>(text.size())) + 16, '\0');
    std::string in = text;
    z.next_in = reinterpret_cast<Bytef*>(in.data());
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_SYNC_FLUSH), Z_OK);
    out.resize(out.size() - z.avail_out - 4);
    deflateEnd(&z);
    return out;
}

TEST(inflater, one_message_after_the_other)
{
    inflater i;
    const std::string large(100'000, 'l');
    for (const std::string& text : {std::string("Hello"), large, std::string("again")})
        EXPECT_EQ(i.inflate(deflated(text)), text);
}

// RFC 7692, section 7.2.3.1.
TEST(inflater, the_example_of_the_rfc)
{
    inflater i;
    EXPECT_EQ(i.inflate(std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7)), "Hello");
}

// Section 7.2.3.4: the block is marked as the last.
TEST(inflater, a_stream_that_ends_with_the_message)
{
    inflater i;
    EXPECT_EQ(i.inflate(std::string("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8)), "Hello");
}

TEST(inflater, what_is_none_spoils_nothing)
{
    inflater i;
    EXPECT_EQ(i.inflate("\xff\xff\xff"), std::nullopt);
    EXPECT_EQ(i.inflate(deflated("fine")), "fine");
}

TEST(inflater, more_than_any_message_is)
{
    inflater i;
    const std::string bomb = deflated(std::string(frame_reader::message_bytes_max + 10, '0'));
    EXPECT_LT(bomb.size(), 100'000u);
    EXPECT_EQ(i.inflate(bomb), std::nullopt);
    EXPECT_EQ(i.inflate(deflated("fine")), "fine");
}

} // namespace
} // namespace cresset::load
