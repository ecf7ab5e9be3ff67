#pragma once

#include "jwt/key.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace cresset::jwt {

// A token that says so much and no more, not even when it expires. Its header names the key's id,
// if it has one. Throws crypto_error if the algorithm does not fit the key, or the key is a public
// one.
std::string sign(const boost::json::object& claims, const key& with, algorithm by);

} // namespace cresset::jwt
