export function ProductsView() {
  return <h1>Products</h1>;
}
