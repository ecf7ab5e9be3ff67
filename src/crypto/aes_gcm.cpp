#include "crypto/aes_gcm.hpp"

#include "crypto/random.hpp"

#include <openssl/err.h>

namespace cresset::crypto {
namespace {

using cipher_ptr = openssl_ptr<EVP_CIPHER, EVP_CIPHER_free>;

// Looked up once: that alone takes longer than a message.
const EVP_CIPHER* cipher()
{
    static const cipher_ptr found(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    must(found != nullptr, "find AES-256-GCM");
    return found.get();
}

const unsigned char* first_octet(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

} // namespace

iv_sequence::iv_sequence()
{
    random_fill(iv_);
}

const gcm_iv& iv_sequence::next() noexcept
{
    for (std::size_t i = iv_size; i-- > 4;)
        if (++iv_[i] != 0)
            break;
    return iv_;
}

aes_gcm::aes_gcm() : ctx_(EVP_CIPHER_CTX_new())
{
    must(ctx_ && EVP_EncryptInit_ex2(ctx_.get(), cipher(), nullptr, nullptr, nullptr) == 1,
         "use AES-256-GCM");
}

aes_gcm::aes_gcm(const aes_key& key) : aes_gcm()
{
    use(key);
}

void aes_gcm::use(const aes_key& key)
{
    must(EVP_EncryptInit_ex2(ctx_.get(), nullptr, key.data(), nullptr, nullptr) == 1, "use a key");
}

// The key stays; only the vector and the direction are set.
void aes_gcm::begin(const gcm_iv& iv, std::string_view additional, bool seals)
{
    int unused = 0;
    must(EVP_CipherInit_ex2(ctx_.get(), nullptr, nullptr, iv.data(), seals ? 1 : 0, nullptr) == 1 &&
             (additional.empty() ||
              EVP_CipherUpdate(ctx_.get(), nullptr, &unused, first_octet(additional),
                               static_cast<int>(additional.size())) == 1),
         "begin a message");
}

void aes_gcm::seal(const gcm_iv& iv, std::string_view additional, std::string_view plaintext,
                   unsigned char* out)
{
    begin(iv, additional, true);
    int size = 0;
    int rest = 0;
    must(EVP_EncryptUpdate(ctx_.get(), out, &size, first_octet(plaintext),
                           static_cast<int>(plaintext.size())) == 1 &&
             EVP_EncryptFinal_ex(ctx_.get(), out + size, &rest) == 1 &&
             EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, tag_size,
                                 out + plaintext.size()) == 1,
         "encrypt a message");
}

bool aes_gcm::open(const gcm_iv& iv, std::string_view additional, std::string_view sealed,
                   char* out)
{
    if (sealed.size() < tag_size)
        return false;
    begin(iv, additional, false);
    const std::string_view ciphertext = sealed.substr(0, sealed.size() - tag_size);
    auto* const tag = const_cast<char*>(sealed.data() + ciphertext.size());
    auto* const to = reinterpret_cast<unsigned char*>(out);
    int size = 0;
    int rest = 0;
    const bool authentic =
        EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1 &&
        EVP_DecryptUpdate(ctx_.get(), to, &size, first_octet(ciphertext),
                          static_cast<int>(ciphertext.size())) == 1 &&
        EVP_DecryptFinal_ex(ctx_.get(), to + size, &rest) == 1;
    if (!authentic)
        ERR_clear_error();
    return authentic;
}

} // namespace cresset::crypto
