#pragma once
// One simulated customer: looks around, fills a cart, checks out, and compares all that the shop says with what it knows to be true.
// A task of the simulation's io_context; the shop and the log outlive it.

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "cartwheel/cli/shop.h"
#include "cartwheel/cli/shopper_model.h"

namespace cartwheel::cli {

/// What shoppers have in common.
struct ShoppingTrip {
    std::vector<std::string> product_ids;  ///< at least one
    std::chrono::nanoseconds pace{};       ///< between two things that a shopper does
    bool browses = true;                   ///< looks at products and carts and takes things out again; else as the sample's generator
    std::function<void(std::string_view line)> say;  ///< what the sample's generator prints; may be empty
};

class Shopper {
public:
    Shopper(Shop& shop, const ShoppingTrip& trip, std::uint64_t seed);

    /// Shops until the shop says that it is over; then reads the cart and all orders back.
    Task<void> shop();

    const Violations& violations() const noexcept { return violations_; }
    const std::string& user_id() const noexcept { return user_id_; }
    std::size_t orders() const noexcept { return model_.orders(); }
    /// Whether the cart and the orders could be read at the end.
    bool was_checked() const noexcept { return cart_checked_ && orders_checked_; }

private:
    Task<void> step();
    Task<void> put();
    Task<void> remove();
    Task<void> look_at_cart();
    Task<void> look_at_product();
    Task<void> look_at_list();
    Task<void> check_out();
    Task<void> drop_missing();
    Task<void> look_at_orders();
    Task<void> read_all_orders();

    std::uint64_t draw(std::uint64_t below) { return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_); }
    const std::string& any_product() { return products_[draw(products_.size())]; }
    std::string cart_path() const { return "/cart/" + user_id_; }
    void note(Violations violations);
    void note_unexpected(Call call, const client::Response& response);
    void say(std::string_view line) const {
        if (trip_.say) trip_.say(line);
    }

    Shop& shop_;
    const ShoppingTrip& trip_;
    std::mt19937_64 random_;
    std::string user_id_;
    ShopperModel model_;
    std::vector<std::string> products_;  // those not yet found missing
    Violations violations_;
    bool gave_up_ = false;  // something was never answered
    bool cart_checked_ = false;
    bool orders_checked_ = false;
};

}  // namespace cartwheel::cli
