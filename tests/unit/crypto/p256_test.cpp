#include "crypto/p256.hpp"
#include "keys.hpp"
#include "support/octets.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cresset::crypto::p256 {
namespace {

using tests::from_hex;
using tests::octets;

std::string agreed(const key_pair& ours, const std::string& their_point)
{
    const shared_secret secret = ours.agree_with(public_key(octets(their_point)));
    return tests::to_hex({reinterpret_cast<const char*>(secret.data()), secret.size()});
}

std::string point_of(const key_pair& pair)
{
    return std::string(tests::text_of(pair.public_point()));
}

struct test_case
{
    const char* scalar;
    const char* point; // x and y
    const char* peer;
    const char* agreed;
};

const test_case test_cases[] = {
    // RFC 5903, section 8.1, both sides.
    {"c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
     "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
     "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
     "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
     "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {"c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
     "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
     "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
     "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
     "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    // NIST CAVP, KAS_ECC_CDH_PrimitiveTest, P-256, COUNT 0 to 2.
    {"7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
     "ead218590119e8876b29146ff89ca61770c4edbbf97d38ce385ed281d8a6b230"
     "28af61281fd35e2fa7002523acc85a429cb06ee6648325389f59edfce1405141",
     "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
     "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
     "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"},
    {"38f65d6dce47676044d58ce5139582d568f64bb16098d179dbab07741dd5caf5",
     "119f2f047902782ab0c9e27a54aff5eb9b964829ca99c06b02ddba95b0a3f6d0"
     "8f52b726664cac366fc98ac7a012b2682cbd962e5acb544671d41b9445704d1d",
     "809f04289c64348c01515eb03d5ce7ac1a8cb9498f5caa50197e58d43a86a7ae"
     "b29d84e811197f25eba8f5194092cb6ff440e26d4421011372461f579271cda3",
     "057d636096cb80b67a8c038c890e887d1adfa4195e9b3ce241c8a778c59cda67"},
    {"1accfaf1b97712b85a6f54b148985a1bdc4c9bec0bd258cad4b3d603f49f32c8",
     "d9f2b79c172845bfdb560bbb01447ca5ecc0470a09513b6126902c6b4f8d1051"
     "f815ef5ec32128d3487834764678702e64e164ff7315185e23aff5facd96d7bc",
     "a2339c12d4a03c33546de533268b4ad667debf458b464d77443636440ee7fec3"
     "ef48a3ab26e20220bcda2c1851076839dae88eae962869a497bf73cb66faf536",
     "2d457b78b4614132477618a5b077965ec90730a8c81a1c75d6d4ec68005d67ec"},
};

TEST(p256, agrees_as_the_standards_do)
{
    for (const test_case& c : test_cases) {
        for (const std::string& pem :
             {tests::p256_pem(c.scalar), tests::p256_pem(c.scalar, c.point)}) {
            const key_pair ours(pem);
            EXPECT_EQ(tests::to_hex(point_of(ours)), std::string("04") + c.point);
            EXPECT_EQ(agreed(ours, '\x04' + from_hex(c.peer)), c.agreed);
        }
    }
}

TEST(p256, agrees_from_both_sides_on_what_a_third_has_not)
{
    const key_pair ada, bob, eve;
    const std::string secret = agreed(ada, point_of(bob));
    EXPECT_EQ(secret, agreed(bob, point_of(ada)));
    EXPECT_NE(secret, agreed(eve, point_of(ada)));
    EXPECT_NE(secret, agreed(eve, point_of(bob)));
    EXPECT_NE(point_of(ada), point_of(bob));
}

// x * x * x - 3 x + b = y * y, with coordinates that are small, so that there is place for p on
// top of them in 32 bytes.
const std::string x_small = std::string(63, '0') + "5";
const std::string y_of_x_small = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
const std::string x_plus_p = "ffffffff00000001000000000000000000000001000000000000000000000004";
const std::string y_small = std::string(63, '0') + "1";
const std::string x_of_y_small = "8d0177ebab9c6e9e10db6dd095dbac0d6375e8a97b70f611875d877f0069d2c7";
const std::string y_plus_p = "ffffffff00000001000000000000000000000001000000000000000000000000";

TEST(p256, takes_points_with_small_coordinates)
{
    const key_pair ours;
    EXPECT_NO_THROW(agreed(ours, from_hex("04" + x_small + y_of_x_small)));
    EXPECT_NO_THROW(agreed(ours, from_hex("04" + x_of_y_small + y_small)));
}

TEST(p256, refuses_public_keys_that_are_no_uncompressed_point_of_the_curve)
{
    const std::string point = "04" + x_small + y_of_x_small;
    const std::string off = y_of_x_small.substr(0, 63) + "d";
    const struct
    {
        const char* what;
        std::string point;
    } cases[] = {
        {"nothing", ""},
        {"infinity", "00"},
        {"infinity in 65 bytes", std::string(130, '0')},
        {"the origin", "04" + std::string(128, '0')},
        {"off the curve", "04" + x_small + off},
        {"x as large as p", "04" + x_plus_p + y_of_x_small},
        {"y as large as p", "04" + x_of_y_small + y_plus_p},
        {"x and y of all ones", "04" + std::string(128, 'f')},
        {"the two swapped", "04" + y_of_x_small + x_small},
        {"compressed, even", "02" + x_small},
        {"compressed, odd", "03" + x_small},
        {"compressed, with y behind", "02" + x_small + y_of_x_small},
        {"hybrid, even", "06" + x_small + y_of_x_small},
        {"hybrid, odd", "07" + x_small + y_of_x_small},
        {"another first byte", "05" + x_small + y_of_x_small},
        {"no first byte", x_small + y_of_x_small},
        {"a byte less", point.substr(0, 128)},
        {"a byte more", point + "00"},
        {"twice", point + point},
    };
    for (const auto& c : cases)
        EXPECT_THROW(public_key(octets(from_hex(c.point))), crypto_error) << c.what;
}

// Of a curve with another b an addition knows nothing: such points lie in small groups, and what is
// agreed on with them tells of the scalar.
TEST(p256, refuses_points_of_other_curves)
{
    const pkey_ptr other = tests::new_ec_key("secp256k1");
    unsigned char bytes[point_size];
    std::size_t size = 0;
    ASSERT_EQ(EVP_PKEY_get_octet_string_param(other.get(), "pub", bytes, sizeof bytes, &size), 1);
    ASSERT_EQ(size, point_size);
    EXPECT_THROW(public_key{bytes}, crypto_error);
}

TEST(p256, reads_private_keys_in_both_forms_that_openssl_writes)
{
    const std::string scalar = test_cases[0].scalar;
    const std::string ec = tests::p256_pem(scalar, test_cases[0].point);
    BIO* const in = BIO_new_mem_buf(ec.data(), static_cast<int>(ec.size()));
    pkey_ptr key(PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr));
    BIO_free(in);
    const std::string pkcs8 = tests::written(tests::write_private, std::move(key));
    ASSERT_TRUE(pkcs8.starts_with("-----BEGIN PRIVATE KEY-----"));
    EXPECT_EQ(key_pair(pkcs8).public_point(), key_pair(ec).public_point());
}

// openssl ecparam -genkey puts the curve's parameters before the key.
TEST(p256, reads_a_private_key_behind_other_things)
{
    const std::string parameters = tests::pem("EC PARAMETERS", from_hex("06082a8648ce3d030107"));
    const std::string key = tests::p256_pem(test_cases[0].scalar);
    EXPECT_EQ(key_pair("some text\n" + parameters + key).public_point(),
              key_pair(key).public_point());
}

TEST(p256, refuses_what_is_no_private_key_of_the_curve)
{
    for (const tests::bad_pem& bad : tests::bad_pems())
        EXPECT_THROW(key_pair{bad.text}, crypto_error) << bad.what;
}

TEST(p256, leaves_no_errors_in_the_queue_of_openssl)
{
    ERR_clear_error();
    for (const tests::bad_pem& bad : tests::bad_pems())
        EXPECT_THROW(key_pair{bad.text}, crypto_error);
    EXPECT_THROW(public_key(octets(from_hex("04" + std::string(128, '1')))), crypto_error);
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(p256, is_used_by_many_threads)
{
    const key_pair ours;
    const key_pair theirs;
    const std::string expected = agreed(ours, point_of(theirs));
    const public_key shared(theirs.public_point());
    std::vector<std::string> found(4);
    std::vector<std::thread> threads;
    for (std::string& result : found)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                const shared_secret secret = ours.agree_with(shared);
                result.assign(reinterpret_cast<const char*>(secret.data()), secret.size());
            }
        });
    for (std::thread& t : threads)
        t.join();
    for (const std::string& result : found)
        EXPECT_EQ(tests::to_hex(result), expected);
}

} // namespace
} // namespace cresset::crypto::p256
