export function App() {
  return <main>Shop</main>;
}
