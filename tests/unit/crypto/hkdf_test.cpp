#include "crypto/hkdf.hpp"
#include "support/octets.hpp"

#include <gtest/gtest.h>

#include <cresset/errors.hpp>
#include <string>
#include <string_view>

namespace cresset::crypto {
namespace {

using tests::from_hex;
using tests::octets;

std::string derived(std::string_view key, std::string_view salt, std::string_view info,
                    std::size_t size)
{
    std::string out(size, '\0');
    hkdf_sha256(octets(key), octets(salt), info,
                {reinterpret_cast<unsigned char*>(out.data()), out.size()});
    return out;
}

// Counts up, as the RFC's longer inputs do.
std::string from_to(int first, int last)
{
    std::string bytes;
    for (int i = first; i <= last; ++i)
        bytes += static_cast<char>(i);
    return bytes;
}

// RFC 5869, appendix A.
TEST(hkdf, gives_the_keys_of_the_rfc)
{
    const std::string key(22, '\x0b');
    EXPECT_EQ(tests::to_hex(derived(key, from_to(0x00, 0x0c), from_to(0xf0, 0xf9), 42)),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
              "34007208d5b887185865");
    EXPECT_EQ(
        tests::to_hex(derived(from_to(0x00, 0x4f), from_to(0x60, 0xaf), from_to(0xb0, 0xff), 82)),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    EXPECT_EQ(tests::to_hex(derived(key, "", "", 42)),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8");
}

// RFC 5869, section 2.2: a missing salt is one of zeros, as long as a digest.
TEST(hkdf, takes_no_salt_for_one_of_zeros)
{
    EXPECT_EQ(derived("a key", "", "info", 32),
              derived("a key", std::string(32, '\0'), "info", 32));
}

TEST(hkdf, depends_on_each_of_its_inputs)
{
    const std::string one = derived("key", "salt", "info", 32);
    EXPECT_NE(one, derived("kez", "salt", "info", 32));
    EXPECT_NE(one, derived("key", "salu", "info", 32));
    EXPECT_NE(one, derived("key", "salt", "infp", 32));
    EXPECT_NE(one, derived("key", "salt", "", 32));
    EXPECT_NE(one, derived("key", "sal", "tinfo", 32));
}

TEST(hkdf, begins_alike_however_much_is_derived)
{
    const std::string most = derived("key", "salt", "info", 8160);
    for (const std::size_t size : {1, 31, 32, 33, 255})
        EXPECT_EQ(derived("key", "salt", "info", size), most.substr(0, size));
}

// 255 digests.
TEST(hkdf, refuses_to_derive_more_than_there_is)
{
    EXPECT_THROW(derived("key", "salt", "info", 8161), crypto_error);
}

} // namespace
} // namespace cresset::crypto
