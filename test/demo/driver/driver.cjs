// Does for the reader of the demo what the palette does: "Loopscope: Attach to Node Process…", with the pid given.
const process = require('node:process');
const vscode = require('vscode');

exports.activate = async () => {
  await vscode.commands.executeCommand('loopscope.attach', { pid: Number(process.env.LOOPSCOPE_DEMO_PID) });
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
};
