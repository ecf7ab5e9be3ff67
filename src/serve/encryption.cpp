#include "serve/encryption.hpp"

#include <cerrno>
#include <cresset/errors.hpp>
#include <cstring>
#include <fstream>
#include <utility>

namespace cresset::serve {
namespace {

std::string read_file(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    std::string text;
    char piece[4096];
    while (file.read(piece, sizeof piece) || file.gcount() > 0)
        text.append(piece, static_cast<std::size_t>(file.gcount()));
    OPENSSL_cleanse(piece, sizeof piece);
    if (!file.eof())
        throw option_error("encryption_key_file",
                           "can't read " + name + ": " + std::strerror(errno));
    return text;
}

crypto::p256::key_pair read_key(const std::string& name)
{
    std::string pem = read_file(name);
    try {
        crypto::p256::key_pair key(pem);
        OPENSSL_cleanse(pem.data(), pem.size());
        return key;
    } catch (const crypto_error& error) {
        OPENSSL_cleanse(pem.data(), pem.size());
        throw option_error("encryption_key_file", name + ": " + error.what());
    }
}

} // namespace

std::shared_ptr<const crypto::key_agreement> make_key_agreement(const std::string& key_file)
{
    return std::make_shared<const crypto::key_agreement>(key_file.empty() ? crypto::p256::key_pair()
                                                                          : read_key(key_file));
}

} // namespace cresset::serve
