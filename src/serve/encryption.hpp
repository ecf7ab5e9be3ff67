#pragma once

#include "crypto/key_agreement.hpp"

#include <memory>
#include <string>

namespace cresset::serve {

// The server's side of the built-in encryption, with the private key of a PEM file, or a new one if
// the name is empty. Throws option_error, by the name encryption_key_file.
std::shared_ptr<const crypto::key_agreement> make_key_agreement(const std::string& key_file);

} // namespace cresset::serve
