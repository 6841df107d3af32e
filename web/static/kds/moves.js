// Where the arrows lead on a board of columns.

/**
 * grid: ticket ids by column; from: the selected id or null. With nothing selected the first press takes the oldest,
 * or what now stands where the last bumped one was.
 */
export function neighbour(grid, from, direction, { lastIndex = 0, mirrored = false } = {}) {
  const order = grid.flat();
  if (order.length === 0) return null;
  const index = order.indexOf(from);
  if (index < 0) return order[Math.min(Math.max(0, lastIndex), order.length - 1)];
  if (direction === "up" || direction === "down") {
    const next = index + (direction === "down" ? 1 : -1);
    return order[Math.min(Math.max(0, next), order.length - 1)];
  }
  const sideways = (direction === "right") === mirrored ? -1 : 1;
  return beside(grid, from, sideways);
}

function beside(grid, from, by) {
  const at = grid.findIndex((column) => column.includes(from));
  const row = grid[at].indexOf(from);
  // A column that only holds the rest of a long ticket has nothing of its own to select.
  for (let column = at + by; column >= 0 && column < grid.length; column += by) {
    if (grid[column].length > 0) return grid[column][Math.min(row, grid[column].length - 1)];
  }
  return from;
}
