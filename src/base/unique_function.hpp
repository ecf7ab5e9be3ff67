#pragma once

#include <cassert>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace cresset::base {

template <typename Signature>
class unique_function;

// A callable that is owned, moved and never copied; std::function would ask for a copyable one.
// Callables of up to inline_bytes are kept inside, so that posting one allocates nothing.
template <typename Result, typename... Args>
class unique_function<Result(Args...)>
{
public:
    static constexpr std::size_t inline_bytes = 64;

    unique_function() noexcept = default;

    template <typename Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, unique_function> &&
             std::is_invocable_r_v<Result, std::remove_cvref_t<Callable>&, Args...>)
        unique_function(Callable&& callable)
    {
        using type = std::remove_cvref_t<Callable>;
        if constexpr (fits_inline<type>) {
            ::new (static_cast<void*>(storage_)) type(std::forward<Callable>(callable));
            operations_ = &inline_operations<type>;
        } else {
            ::new (static_cast<void*>(storage_)) type*(new type(std::forward<Callable>(callable)));
            operations_ = &heap_operations<type>;
        }
    }

    unique_function(unique_function&& other) noexcept { take(other); }

    unique_function& operator=(unique_function&& other) noexcept
    {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }

    ~unique_function() { reset(); }

    explicit operator bool() const noexcept { return operations_ != nullptr; }

    Result operator()(Args... args)
    {
        assert(operations_);
        return operations_->call(storage_, std::forward<Args>(args)...);
    }

private:
    struct operations
    {
        Result (*call)(std::byte* storage, Args&&... args);
        void (*move)(std::byte* from, std::byte* to) noexcept;
        void (*destroy)(std::byte* storage) noexcept;
    };

    template <typename T>
    static constexpr bool fits_inline =
        sizeof(T) <= inline_bytes &&
        alignof(T) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<T>;

    template <typename T>
    static T& as(std::byte* storage) noexcept
    {
        return *std::launder(reinterpret_cast<T*>(storage));
    }

    // Where Result is void, what the callable returns is dropped.
    template <typename T>
    static Result invoke(T& callable, Args&&... args)
    {
        if constexpr (std::is_void_v<Result>)
            callable(std::forward<Args>(args)...);
        else
            return callable(std::forward<Args>(args)...);
    }

    template <typename T>
    static constexpr operations inline_operations{
        [](std::byte* s, Args&&... args) -> Result {
            return invoke(as<T>(s), std::forward<Args>(args)...);
        },
        [](std::byte* from, std::byte* to) noexcept {
            ::new (static_cast<void*>(to)) T(std::move(as<T>(from)));
            as<T>(from).~T();
        },
        [](std::byte* s) noexcept { as<T>(s).~T(); }};

    template <typename T>
    static constexpr operations heap_operations{[](std::byte* s, Args&&... args) -> Result {
                                                    return invoke(*as<T*>(s),
                                                                  std::forward<Args>(args)...);
                                                },
                                                [](std::byte* from, std::byte* to) noexcept {
                                                    ::new (static_cast<void*>(to)) T*(as<T*>(from));
                                                },
                                                [](std::byte* s) noexcept { delete as<T*>(s); }};

    void take(unique_function& other) noexcept
    {
        if (!other.operations_)
            return;
        other.operations_->move(other.storage_, storage_);
        operations_ = std::exchange(other.operations_, nullptr);
    }

    void reset() noexcept
    {
        if (operations_)
            std::exchange(operations_, nullptr)->destroy(storage_);
    }

    alignas(std::max_align_t) std::byte storage_[inline_bytes];
    const operations* operations_ = nullptr;
};

} // namespace cresset::base
